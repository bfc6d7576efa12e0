// Row 20 of the page’s list: something does not load.
import { en, expect, test } from './shopper.js';

test('row 20: Stripe.js blocked: an explanation, and another try that works', async ({ page, shopper, ledger }) => {
  await page.route('**/dahlia/stripe.js', (route) => route.abort('blockedbyclient'));
  await page.goto('/');
  await expect(page.locator('#notice')).toContainText(en['notice.no_stripe']);
  await expect(page.locator('#alert')).toHaveText(en['notice.no_stripe']);
  await page.locator('#email').fill('ada.canary@example.com');
  await page.locator('#email').press('Enter');
  await expect(page.locator('#retry')).toBeFocused();
  await page.locator('#retry').click();
  await expect(page.locator('#notice')).toContainText(en['notice.no_stripe']);
  await page.unroute('**/dahlia/stripe.js');
  await page.locator('#retry').click();
  await shopper.ready();
  await expect(page.locator('#notice')).toBeHidden();
  await expect(page.locator('#email')).toHaveValue('ada.canary@example.com');
  await shopper.buy();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 20: a card field that does not load: the same', async ({ page, shopper }) => {
  await page.clock.install();
  await page.route('**/js/element.html?type=cardCvc', (route) => route.abort());
  await page.goto('/');
  await page.locator('#form').scrollIntoViewIfNeeded();
  for (const field of ['number', 'expiry']) await shopper.enter(field); // what does load has its limits by the same clock
  await expect(async () => {
    await page.clock.fastForward(6000);
    await expect(page.locator('#notice')).toContainText(en['notice.no_stripe'], { timeout: 300 });
  }).toPass();
  await page.unroute('**/js/element.html?type=cardCvc');
  await page.locator('#retry').click();
  await shopper.ready();
  await shopper.buy();
  await shopper.isPaid();
});

test('row 20: /api/config down: the same', async ({ page, shopper }) => {
  await page.route('**/api/config', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<html>' }));
  await page.goto('/');
  await expect(page.locator('#notice')).toContainText(en['notice.no_config']);
  await expect(page.locator('#notice')).toContainText('hello@ebb-and-orbit.example');
  await page.unroute('**/api/config');
  await page.locator('#retry').click();
  await shopper.ready();
  await shopper.buy();
  await shopper.isPaid();
});

test('row 20: Stripe out of reach while the card is handed over: nothing was sent', async ({ page, shopper, sent }) => {
  await shopper.open();
  await page.route('**/v1/payment_methods', (route) => route.abort());
  await shopper.buy();
  await shopper.isRefused(en['refused.no_service']);
  expect(sent).toHaveLength(0);
});

test('row 20: without JavaScript the page says what it needs, and how to reach the merchant', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(baseURL);
  const told = page.locator('#broken p');
  const texts = ['needs JavaScript', 'a besoin de JavaScript', 'necesita JavaScript', '需要 JavaScript'];
  await expect(told).toContainText(texts);
  for (const one of await told.all()) await expect(one).toBeVisible({ timeout: 2000 });
  await expect(page.locator('#form')).toBeHidden();
  await told.first().locator('a').last().click();
  await expect(page.locator('body')).toContainText('hello@ebb-and-orbit.example');
  await expect(page.locator('body')).toContainText('+1 207-555-0142');
  await context.close();
});

for (const [what, glob] of [['the catalogue', '**/catalog.json'], ['the words', '**/words/*.json'], ['a module', '**/app/payment.js']]) {
  test(`row 20: ${what} does not load: the page says so instead of staying blank`, async ({ page, violations }) => {
    await page.route(glob, (route) => route.abort());
    await page.goto('/');
    await expect(page.locator('#broken')).toBeVisible({ timeout: 12_000 });
    await expect(page.locator('#form')).toBeHidden();
    violations.length = 0; // the error that was provoked
  });
}
