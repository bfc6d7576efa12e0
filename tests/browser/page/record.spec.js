// Rows 24 to 28 of the page's list: speed, language, record.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CARDS, LANGUAGES, en, expect, fill, merchant, root, test, words } from './shopper.js';

const site = join(root, 'static-site');

for (const language of LANGUAGES) {
  test(`row 24: own bytes stay under 40 KB, compressed file by file (${language})`, async ({ page, shopper, baseURL }) => {
    const files = new Set();
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === new URL(baseURL).origin && !pathname.startsWith('/api/')) files.add(pathname === '/' ? '/index.html' : pathname);
    });
    await shopper.open(`/?lang=${language}`);
    await shopper.buy();
    await expect(shopper.title).toHaveText(words[language]['paid.title']);
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(site, file)), { level: 9 }).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`own bytes, gzip -9, ${language}: ${total} in ${files.size} files`);
    expect(files.size).toBeGreaterThan(16);
    expect(total).toBeLessThanOrEqual(40 * 1024);
  });
}

test('row 24: no build step: plain modules, each no longer than 300 lines', () => {
  for (const file of readdirSync(join(site, 'app'))) expect(readFileSync(join(site, 'app', file), 'utf8').split('\n').length, file).toBeLessThanOrEqual(300);
  const page = readFileSync(join(site, 'index.html'), 'utf8');
  expect(page).toContain('<link rel="preconnect" id="stripe-js" href="https://js.stripe.com/dahlia/stripe.js">');
  const preloaded = [...page.matchAll(/(?:modulepreload" href|script type="module"(?: async)? src)="(app\/[^"]+)"/g)].map(([, file]) => file);
  expect(preloaded.sort()).toEqual(readdirSync(join(site, 'app')).map((file) => `app/${file}`).sort());
});

/** What comes late on a slow phone, and how late (ms). */
const LATE = { nothing: {}, everything: { '**/words/*.json': 300, '**/catalog.json': 500, '**/api/config': 1500, '**/dahlia/stripe.js': 2000, '**/js/element.html*': 700, '**/images/*': 2500 } };

for (const size of [{ width: 390, height: 844 }, { width: 820, height: 1180 }, { width: 1280, height: 900 }]) {
  for (const [what, delays] of Object.entries(LATE)) {
    test(`row 24: it is there at once and nothing jumps (${size.width} px, late: ${what})`, async ({ page, shopper }) => {
      await page.setViewportSize(size);
      await page.addInitScript(() => {
        window.shifts = [];
        const told = ({ value, sources }) => ({ value, sources: sources.map(({ node }) => (node?.outerHTML ?? String(node)).slice(0, 60)) });
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput).map(told))).observe({ type: 'layout-shift', buffered: true });
        new PerformanceObserver((list) => (window.largest = list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
      });
      for (const [address, delay] of Object.entries(delays)) {
        await page.route(address, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, delay));
          await route.continue();
        });
      }
      await shopper.open();
      await expect(page.locator('#test-mode')).not.toHaveAttribute('hidden');
      const height = async () => Promise.all(['number', 'expiry', 'cvc'].map(async (name) => (await page.locator(`#card-${name}`).boundingBox()).height));
      expect(await height()).toEqual([52, 52, 52]);
      await page.mouse.wheel(0, 2000);
      await expect.poll(() => page.evaluate(() => window.largest)).toBeGreaterThan(0);
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
      const { shifts, largest } = await page.evaluate(() => ({ shifts: window.shifts, largest: window.largest }));
      const shift = shifts.reduce((sum, { value }) => sum + value, 0);
      console.log(`LCP ${Math.round(largest)} ms, CLS ${shift.toFixed(4)} at ${size.width} px, late: ${what}`);
      expect(shift, JSON.stringify(shifts)).toBeLessThanOrEqual(0.02);
    });
  }
}

test('row 24: the shop’s first line comes before the words, and Stripe’s frames come with the form', async ({ page, shopper }) => {
  await page.setViewportSize({ width: 412, height: 823 });
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/words/*.json', async (route) => {
    await held;
    await route.continue();
  });
  const loaded = page.waitForResponse('**/dahlia/stripe.js');
  await page.goto('/?lang=fr', { waitUntil: 'commit' });
  await expect(shopper.title).toHaveText(merchant.tagline.fr);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr-CA');
  await expect(page.locator('#shop')).toBeHidden();
  release();
  await expect(page.locator('#products li').first()).toBeVisible();
  await loaded;
  await expect(page.locator('#test-mode')).not.toHaveAttribute('hidden'); // the config is there, too
  await page.waitForTimeout(300);
  await expect(page.locator('iframe')).toHaveCount(0);
  await shopper.ready();
  await shopper.buy();
  await expect(shopper.title).toHaveText(words.fr['paid.title']);
});

test('row 25: another language before the card fields have come: they speak it', async ({ page, shopper }) => {
  await page.setViewportSize({ width: 412, height: 823 });
  await page.goto('/');
  await page.locator('#languages a[lang=fr]').click();
  await expect(page.locator('#form-title')).toHaveText(words.fr['form.title']);
  await shopper.ready();
  await expect(shopper.field('number')).toHaveAttribute('aria-label', /carte/i);
});

test('row 24: it opens in a tab that is not shown, where no frame is drawn', async ({ page }) => {
  await page.addInitScript(() => (window.requestAnimationFrame = () => 0));
  await page.goto('/');
  await expect(page.locator('#form-title')).toHaveText(en['form.title']);
});

test('row 24: the card fields’ height is there before they are', async ({ page }) => {
  await page.route('**/dahlia/stripe.js', () => {});
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.locator('#card-number')).toBeVisible();
  expect((await page.locator('#card-number').boundingBox()).height).toBe(52);
});

test('row 25: the browser’s language, ?lang=, and a visible switch', async ({ browser, baseURL, page, shopper }) => {
  for (const [locale, language, lang] of [['fr-FR', 'fr', 'fr-CA'], ['es-MX', 'es', 'es-MX'], ['zh-TW', 'zh', 'zh-Hans'], ['de-DE', 'en', 'en-US'], ['en-CA', 'en', 'en-CA']]) {
    const context = await browser.newContext({ locale, baseURL });
    const other = await context.newPage();
    await other.goto('/');
    await expect(other.locator('#choose-title')).toHaveText(words[language]['choose.title']);
    await expect(other.locator('html')).toHaveAttribute('lang', lang);
    await context.close();
  }
  await shopper.open('/?lang=zh');
  await expect(page.locator('#form-title')).toHaveText(words.zh['form.title']);
  await page.getByRole('link', { name: 'Français' }).click();
  await expect(page.locator('#form-title')).toHaveText(words.fr['form.title']);
  await expect(page.getByRole('link', { name: 'Français' })).toHaveAttribute('aria-current', 'true');
  await page.reload();
  await expect(page.locator('#form-title')).toHaveText(words.fr['form.title']);
});

test('row 25: switching the language loses nothing typed, chosen or found wrong', async ({ page, shopper }) => {
  await shopper.open();
  await page.getByRole('radio', { name: 'CAD' }).check();
  await page.getByRole('button', { name: 'One more Moon calendar' }).click();
  await shopper.details({ email: 'ada@' });
  await shopper.card('4242');
  await page.locator('#postal').fill('1');
  await page.locator('#name').focus();
  for (const language of ['fr', 'es', 'zh', 'en']) {
    await page.locator(`#languages a[lang=${language}]`).click();
    await expect(page.locator('#email-error')).toHaveText(words[language]['field.email.wrong']);
    await expect(page.locator('#postal-error')).toHaveText(words[language]['field.postal.wrong']);
    await expect(page.locator('#number-error')).toHaveText(words[language]['field.number.wrong']);
    await expect(page.locator('#email')).toHaveValue('ada@');
    await expect(page.locator('#name')).toHaveValue('Ada Canary');
    await expect(shopper.field('number')).toHaveValue('4242');
    await expect(shopper.field('expiry')).toHaveValue('12 / 34');
    await expect(shopper.field('cvc')).toHaveValue('123');
    await expect(page.locator('#code')).toHaveText('CAD');
    await expect(page.locator('#products output').nth(1)).toHaveText('1');
  }
  await page.locator('#languages a[lang=fr]').click();
  await expect(shopper.field('number')).toHaveAttribute('aria-label', /carte/i);
});

for (const language of LANGUAGES) {
  test(`row 25: a whole purchase in ${language}: nothing of it in another language`, async ({ page, shopper }) => {
    const say = words[language];
    await shopper.open(`/?lang=${language}`);
    const foreign = LANGUAGES.filter((one) => one !== language).flatMap((one) => Object.entries(words[one]).filter(([key, text]) => text.length > 16 && text !== say[key] && !text.includes('{')).map(([, text]) => text));
    const pure = async () => {
      const text = await page.locator('body').innerText();
      expect(foreign.filter((one) => text.includes(one))).toEqual([]);
    };
    await pure();
    await shopper.pay.click();
    await expect(page.locator('#errors')).toContainText(say['field.email.empty']);
    await pure();
    await shopper.buy(CARDS.noFunds);
    await shopper.isDeclined('decline.funds', language);
    await pure();
    await shopper.card(CARDS.visa);
    await shopper.pay.click();
    await expect(shopper.title).toHaveText(say['paid.title']);
    await expect(page.locator('#receipt')).toContainText(merchant.returns[language]);
    await pure();
  });
}

for (const [locale, currency, shown] of [['en-US', 'usd', '$10.99'], ['en-CA', 'cad', '$14.99'], ['en-CA', 'usd', 'US$10.99'], ['fr-CA', 'cad', '14,99 $'], ['fr-FR', 'cad', '14,99 $'], ['es-MX', 'usd', 'USD 10.99']]) {
  test(`row 26: ${currency} in ${locale} reads ${shown}, with its code beside the total`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ locale, baseURL });
    const page = await context.newPage();
    await page.goto('/');
    await page.locator(`input[value=${currency}]`).check();
    await expect(page.locator('#total')).toHaveText(shown);
    await expect(page.locator('#code')).toHaveText(currency.toUpperCase());
    await expect(page.locator('#pay')).toContainText(shown);
    await context.close();
  });
}

test('row 27: the receipt: reference, items, total, time with zone, card, statement, contact; it survives a reload', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await page.getByRole('button', { name: 'One more Tide table' }).click();
  await shopper.buy();
  await shopper.isPaid();
  const [{ id, created }] = (await ledger()).intents;
  const check = async () => {
    const receipt = page.locator('#receipt');
    await expect(receipt.locator('#reference')).toHaveText(id);
    await expect(receipt.locator('.lines li')).toHaveText(['Star map × 1', 'Tide table × 1']);
    await expect(receipt.locator('#paid-total')).toHaveText('$17.49');
    await expect(receipt).toContainText('USD');
    const time = await page.evaluate((seconds) => new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'long' }).format(seconds * 1000), created);
    expect(time).toMatch(/UTC|GMT|[A-Z]{2,4}$/);
    await expect(receipt).toContainText(time);
    await expect(receipt).toContainText(fill(en['paid.ending'], { brand: 'Visa', last4: '4242' }));
    for (const text of [merchant.statement, merchant.email, merchant.returns.en]) await expect(receipt).toContainText(text);
    await expect(receipt).toContainText('207');
  };
  await check();
  await page.reload();
  await shopper.isPaid();
  await check();
  await page.getByRole('button', { name: en['paid.again'] }).click();
  await shopper.ready();
  await expect(shopper.pay).toHaveText('Pay $10.99');
  await page.reload();
  await shopper.ready();
  await expect(page.locator('#receipt')).toBeHidden();
});

test('row 27: the card stands on the receipt only if the answer names it', async ({ page, shopper }) => {
  await shopper.open();
  await page.route('**/api/payments', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), payment_method: 'pm_of_another_try' } });
  });
  await shopper.buy();
  await shopper.isPaid();
  await expect(page.locator('#receipt')).not.toContainText('4242');
});

test('row 27: printed, there is the receipt and the shop’s name, and no controls', async ({ page, shopper }) => {
  await shopper.open();
  await shopper.buy();
  await shopper.isPaid();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const hidden of ['#languages', '#test-mode', '#receipt .actions', '#footer']) await expect(page.locator(hidden)).toBeHidden();
  for (const shown of ['.brand', 'h1', '#receipt #reference', '#receipt #paid-total']) await expect(page.locator(shown)).toBeVisible();
  await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await expect(page.locator('#receipt dd').first()).toHaveCSS('color', 'rgb(0, 0, 0)');
  const printed = await page.evaluate(() => {
    let asked = false;
    window.print = () => (asked = true);
    document.querySelector('#receipt button').click();
    return asked;
  });
  expect(printed).toBe(true);
});

test('row 28: dark mode reaches into the card fields, also when it is switched on later', async ({ page, shopper }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await shopper.open();
  await shopper.card(CARDS.visa);
  const colour = () => shopper.field('number').evaluate((input) => getComputedStyle(input).color);
  const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
  const light = await colour();
  expect(light).toBe(await ink());
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(colour).not.toBe(light);
  expect(await colour()).toBe(await ink());
  for (const [text, ground] of [['--ink', '--card'], ['--quiet', '--card'], ['--bad', '--card']]) {
    const ratio = await page.evaluate(
      (names) => {
        const luminance = (name) => {
          const context = new OffscreenCanvas(1, 1).getContext('2d');
          context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
          context.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const [high, low] = names.map(luminance).sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
      },
      [text, ground],
    );
    expect(ratio, text).toBeGreaterThanOrEqual(4.5);
  }
  const transparent = await shopper.field('number').evaluate((input) => getComputedStyle(input.ownerDocument.body).backgroundColor);
  expect(transparent).toBe('rgba(0, 0, 0, 0)');
});
