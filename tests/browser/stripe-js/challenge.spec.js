// The challenge as shoppers meet it: by keyboard, without sight, on a phone, in the dark, in their language.
import { openBank } from './bank.js';
import { audit, expect, test } from './merchant.js';

const dialog = (page) => page.getByRole('dialog');
const challenge = (page) => dialog(page).locator('iframe').contentFrame();

/** Opens the shop with its Pay button focused, and the challenge over it. */
async function openChallenge({ merchant, page, servers }, how) {
  const { intent } = await openBank(page, servers);
  await merchant.openReady({ locale: 'en', ...how });
  await page.getByRole('button', { name: 'Pay' }).focus();
  await page.evaluate((secret) => {
    window.done = false;
    stripe.handleCardAction(secret).then(() => (done = true));
  }, intent.client_secret);
  await expect(challenge(page).getByRole('heading')).toBeFocused();
}

const settled = (page) => page.waitForFunction(() => done);

test('by keyboard alone: focus goes in, stays in, and comes back', async ({ merchant, page, servers }) => {
  await openChallenge({ merchant, page, servers });
  for (const name of ['Complete authentication', 'Fail authentication', 'Cancel']) {
    await page.keyboard.press('Tab');
    await expect(challenge(page).getByRole('button', { name })).toBeFocused();
  }
  // Past the last button: the browser's own controls, then the challenge again; never the shop.
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement.matches('body, dialog, dialog iframe'))).toBe(true);
  }
  await challenge(page).getByRole('button', { name: 'Complete authentication' }).focus();
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(page.getByRole('button', { name: 'Pay' })).toBeFocused();
});

test('focus comes back into the card field that it came from', async ({ merchant, page, servers }) => {
  const { intent } = await openBank(page, servers);
  await merchant.openReady({ locale: 'en' });
  await merchant.enter('cardCvc');
  await page.evaluate((secret) => void stripe.handleCardAction(secret).then(() => (window.done = true)), intent.client_secret);
  await expect(challenge(page).getByRole('heading')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => window.done);
  await merchant.isIn('cardCvc');
  await page.keyboard.type('123');
  await expect(merchant.input('cardCvc')).toHaveValue('123');
});

test('a screen reader hears a modal dialog of that name, and nothing of the shop', async ({ merchant, page, servers }) => {
  await openChallenge({ merchant, page, servers });
  await expect(dialog(page)).toHaveAccessibleName('Card authentication');
  expect(await dialog(page).evaluate((node) => node.matches(':modal'))).toBe(true);
  await expect(dialog(page).locator('iframe')).toHaveAttribute('title', 'Card authentication');
  await expect(challenge(page).locator('body')).toMatchAriaSnapshot(`
    - main "Card authentication":
      - heading "Card authentication" [level=1]
      - paragraph: Confirm this payment of CA$10.99.
      - paragraph: "This is a test of 3-D Secure: no bank is asked, and no money moves."
      - button "Complete authentication"
      - button "Fail authentication"
      - button "Cancel"
  `);
  await expect(page.getByRole('button', { name: 'Pay' }).click({ timeout: 500 })).rejects.toThrow('Timeout');
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in the ${colorScheme} challenge`, async ({ merchant, page, servers }) => {
    await page.emulateMedia({ colorScheme });
    await openChallenge({ merchant, page, servers });
    const { violations, incomplete, passes } = await audit(page, 'dialog');
    expect(violations).toEqual([]);
    const colours = (results) =>
      results.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes.map(({ target }) => target.at(-1)));
    expect(colours(incomplete)).toEqual([]);
    expect(colours(passes)).toEqual(expect.arrayContaining(['#title', '#text', '#test', '#complete', '#fail', '#cancel']));
    const background = await challenge(page).locator('body').evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)');
  });
}

test('in forced colours the dialog and its buttons have edges', async ({ merchant, page, servers }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openChallenge({ merchant, page, servers });
  const opaque = /^rgb\(/;
  await expect(dialog(page)).toHaveCSS('border-top-color', opaque);
  for (const button of await challenge(page).getByRole('button').all()) await expect(button).toHaveCSS('border-top-color', opaque);
});

for (const [what, size] of Object.entries({ 'a phone': { width: 320, height: 568 }, '400 % zoom': { width: 320, height: 256 } })) {
  test(`on ${what} everything is reached without sideways scroll`, async ({ merchant, page, servers }) => {
    await page.setViewportSize(size);
    await openChallenge({ merchant, page, servers }, { locale: 'fr-CA' });
    const sideways = (node) => node.scrollWidth > node.clientWidth;
    expect(await dialog(page).evaluate(sideways)).toBe(false);
    expect(await challenge(page).locator('html').evaluate(sideways)).toBe(false);
    for (const button of await challenge(page).getByRole('button').all()) {
      await button.focus();
      await expect(button).toBeInViewport({ ratio: 1 });
      expect((await button.boundingBox()).height).toBeGreaterThanOrEqual(44);
    }
  });
}

const languages = {
  'en-CA': ['Card authentication', 'Confirm this payment of $10.99.', 'Complete authentication'],
  'fr-CA': ['Authentification de la carte', 'Confirmez ce paiement de 10,99 $.', 'Réussir l’authentification'],
  es: ['Autenticación de la tarjeta', 'Confirma este pago de 10,99 CAD.', 'Completar la autenticación'],
  zh: ['银行卡身份验证', '请确认这笔 CA$10.99 的付款。', '完成验证'],
  de: ['Card authentication', 'Confirm this payment of CA$10.99.', 'Complete authentication'],
};

for (const [locale, [title, text, complete]] of Object.entries(languages)) {
  test(`${locale}: title, amount and buttons`, async ({ merchant, page, servers }) => {
    await openChallenge({ merchant, page, servers }, { locale });
    await expect(dialog(page)).toHaveAccessibleName(title);
    await expect(challenge(page).getByRole('heading')).toHaveText(title);
    await expect(challenge(page).getByText(text)).toBeVisible();
    await expect(challenge(page).getByRole('button').first()).toHaveText(complete);
    await expect(challenge(page).locator('html')).toHaveAttribute('lang', locale === 'de' ? 'en' : locale.slice(0, 2));
  });
}
