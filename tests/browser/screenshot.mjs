// docs/images/checkout.webp: the page of `cargo run`, on a desk by day and on a phone by night, in two of its languages.
// The picture's machine needs a Chinese font (in Debian: fonts-wqy-microhei).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { startTill } from './servers.mjs';

const image = join(import.meta.dirname, '../../docs/images/checkout.webp');
const till = await startTill();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const shoot = async (viewport, colorScheme, locale, pose) => {
    const page = await browser.newPage({ viewport, colorScheme, locale });
    await page.goto(till.page);
    await page.locator('#form').scrollIntoViewIfNeeded();
    await page.locator('#pay:not([aria-disabled])').waitFor();
    await page.locator('#products li').nth(1).locator('button').last().click();
    await page.evaluate(() => document.activeElement.blur());
    await pose(page);
    const shot = await page.screenshot();
    await page.close();
    return shot.toString('base64');
  };
  const desk = await shoot({ width: 1180, height: 800 }, 'light', 'en-US', (page) => page.evaluate(() => scrollTo(0, 0)));
  const phone = await shoot({ width: 390, height: 800 }, 'dark', 'fr-CA', async (page) => {
    await page.locator('#email').fill('ada@exemple.ca');
    await page.locator('#name').fill('Ada Lovelace');
    await page.frameLocator('#card-number iframe').getByRole('textbox').fill('4242424242424242');
    await page.locator('#postal').fill('K1A 0B1');
    await page.locator('#pay').evaluate((pay) => pay.scrollIntoView({ block: 'end' }));
    await page.evaluate(() => scrollBy(0, 24));
  });
  const page = await browser.newPage();
  const webp = await page.evaluate(
    async ([desk, phone]) => {
      const [left, right] = await Promise.all([desk, phone].map(async (base64) => createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())));
      const canvas = Object.assign(document.createElement('canvas'), { width: left.width + 24 + right.width, height: left.height });
      canvas.getContext('2d').drawImage(left, 0, 0);
      canvas.getContext('2d').drawImage(right, left.width + 24, 0);
      return canvas.toDataURL('image/webp', 0.9).split(',')[1];
    },
    [desk, phone],
  );
  mkdirSync(join(image, '..'), { recursive: true });
  writeFileSync(image, Buffer.from(webp, 'base64'));
} finally {
  await browser.close();
  await till.stop();
}
