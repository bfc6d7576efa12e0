// What every state of the page is measured by (WCAG 2.2 AA).
import { axeIn, expectAllTested } from '../axe.js';
import { LANGUAGES, expect, words } from './shopper.js';

const INTERACTIVE = 'a[href], button, input:not([type=radio]), .segments label, summary, .box';

/** What is smaller than a finger, of what can be seen; links inside a line of text are exempt (WCAG 2.5.8). */
const tooSmall = (page) =>
  page.locator(INTERACTIVE).evaluateAll((nodes) =>
    nodes
      .filter((node) => node.checkVisibility() && !node.matches('.skip, #receipt dd a'))
      .map((node) => ({ what: node.outerHTML.slice(0, 80), ...node.getBoundingClientRect().toJSON() }))
      .filter(({ width, height }) => width < 44 || height < 43.5),
  );

/** axe's findings: none. */
export async function findNothing(page, { dark = false } = {}) {
  const axe = await axeIn(page);
  // In the dark axe takes the ground of a transparent frame for white; row 28 measures what is really seen.
  if (dark) axe.exclude('.box iframe');
  const results = await axe.analyze();
  expectAllTested(results);
  const { violations, passes } = results;
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(passes.length).toBeGreaterThan(20);
}

export async function findNothingByDayAndNight(page) {
  await page.emulateMedia({ colorScheme: 'light' });
  await findNothing(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await findNothing(page, { dark: true });
}

/** On the narrowest phone: targets of 44 px and no sideways scroll, in every language. */
export async function fitsEveryLanguage(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const language of LANGUAGES) {
    await page.locator(`#languages a[lang=${language}]`).click();
    await expect(page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`));
    await expect(page.locator('.skip')).toHaveText(words[language].skip);
    expect(await tooSmall(page), language).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), language).toBeLessThanOrEqual(320);
  }
}
