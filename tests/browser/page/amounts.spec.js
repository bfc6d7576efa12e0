// Rows 7 and 8 of the page’s list: the amount on the button is the amount that is charged.
import { CARDS, catalog, en, expect, fill, test } from './shopper.js';

const API = '**/api/payments**';

for (const [currency, name, shown] of [['usd', 'USD', '$17.49'], ['cad', 'CAD', 'CA$23.89']]) {
  test(`row 7: button, summary, receipt and charge are of one amount (${currency})`, async ({ page, shopper, ledger }) => {
    await shopper.open();
    await page.getByRole('radio', { name }).check();
    await page.getByRole('button', { name: 'One more Tide table' }).click();
    await expect(shopper.pay).toHaveText(`Pay ${shown}`);
    await expect(page.locator('#total')).toHaveText(shown);
    await expect(page.locator('#code')).toHaveText(currency.toUpperCase());
    await shopper.buy();
    await shopper.isPaid();
    await expect(page.locator('#paid-total')).toHaveText(shown);
    const [charge] = (await ledger()).paid;
    expect([charge.currency, `${charge.amount / 100}`]).toEqual([currency, shown.replace(/[^\d.]/g, '')]);
  });
}

const yesterday = structuredClone(catalog);
yesterday.items[0].prices = { usd: 999, cad: 1399 };
const oldPrice = (route) => route.fulfill({ json: yesterday });

test('row 8: a stale total is refused uncharged, the new one shown and confirmed', async ({ page, shopper, ledger }) => {
  await page.route('**/catalog.json', oldPrice, { times: 1 });
  await shopper.open();
  await expect(shopper.pay).toHaveText('Pay $9.99');
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  expect((await ledger()).charges).toHaveLength(0);
  await expect(shopper.pay).toHaveText('Pay $10.99');
  await expect(page.locator('#total')).toHaveText('$10.99');
  await expect(page.locator('#lines')).toContainText('$10.99');
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toMatchObject([{ amount: 1099 }]);
});

test('row 8: while the old price list is still cached, the server’s total is what is shown and charged', async ({ page, shopper, ledger }) => {
  await page.route('**/catalog.json', oldPrice);
  await shopper.open();
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  await expect(shopper.pay).toHaveText('Pay $10.99');
  await expect(page.locator('#lines')).not.toContainText('$');
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toMatchObject([{ amount: 1099 }]);
});

test('row 8: a reload after a price change does not pay a PaymentIntent of the old price', async ({ page, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await page.route('**/catalog.json', oldPrice);
  await page.reload();
  await shopper.ready();
  await shopper.isDeclined('decline.funds');
  await expect(shopper.pay).toHaveText('Pay $9.99');
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  expect(sent.map(({ path }) => path)).toEqual(['/api/payments', '/api/payments/void', '/api/payments']);
  expect((await ledger()).paid).toHaveLength(0);
});

test('row 8: after two refusals that differ the page stops', async ({ page, shopper, sent }) => {
  await shopper.open();
  const totals = [1200, 1300];
  await page.route(API, (route) => route.fulfill({ status: 409, json: { outcome: 'not_attempted', checkout: 'open', total: totals.shift(), currency: 'usd', error: { type: 'invalid_request_error', code: 'total_changed', message: 'x' } } }));
  await shopper.buy();
  await expect(shopper.pay).toHaveText('Pay $12.00');
  await shopper.pay.click();
  await shopper.isRefused(en['refused.total_unsteady']);
  await expect(shopper.pay).toBeHidden();
  await page.locator('#name').press('Enter');
  expect(sent).toHaveLength(2);
});

const [starMap] = catalog.items;
const CATALOGS = {
  'more items than one order holds': { items: Array.from({ length: 22 }, (_, n) => ({ ...starMap, sku: `item-${n}`, max_quantity: 1 })), kept: 20 },
  'an item that is too dear to buy twice': { items: [{ ...starMap, prices: { usd: 60_000_000, cad: 80_000_000 } }], kept: 1 },
};

for (const [what, { items, kept }] of Object.entries(CATALOGS)) {
  test(`${what}: no cart is chosen that the function refuses, and a reload without a press says nothing of a charge`, async ({ page, shopper, sent }) => {
    await page.route('**/catalog.json', (route) => route.fulfill({ json: { items } }));
    await shopper.open();
    await shopper.details();
    const more = page.locator('#products .stepper button:last-child');
    for (const [n, one] of (await more.all()).entries()) if (n > 0 && n < kept) await one.click();
    for (const one of await more.all()) await expect(one).toBeDisabled();
    const total = await page.locator('#total').textContent();
    await shopper.card(CARDS.visa);
    await expect.poll(async () => (await shopper.stored())?.cart.items.length).toBe(kept);
    await page.reload();
    await shopper.ready();
    await expect(shopper.outcome).toBeHidden();
    await expect(shopper.pay).toHaveText(`Pay ${total}`);
    expect(sent).toHaveLength(0);
  });
}

test('what the release before stored of a cart that is too long, and did not send, is no payment', async ({ page, shopper, sent }) => {
  await shopper.open();
  await shopper.card(CARDS.visa);
  await expect.poll(async () => Boolean(await shopper.stored())).toBe(true);
  const prepared = await shopper.stored();
  const items = Array.from({ length: 21 }, (_, n) => ({ sku: `item-${n}`, quantity: 1 }));
  await page.evaluate((text) => localStorage.setItem('till.checkout', text), JSON.stringify({ ...prepared, cart: { ...prepared.cart, items } }));
  await page.reload();
  await shopper.ready();
  await expect(shopper.outcome).toBeHidden();
  expect(sent).toHaveLength(0);
  await shopper.buy();
  await shopper.isPaid();
});

test('a total in another currency is told, and shown on the button, in that one', async ({ page, shopper }) => {
  await shopper.open();
  await page.route(API, (route) => route.fulfill({ status: 409, json: { outcome: 'not_attempted', checkout: 'closed', total: 1600, currency: 'cad', error: { type: 'invalid_request_error', code: 'total_changed', message: 'x' } } }));
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: 'CA$16.00' }));
  await expect(shopper.pay).toHaveText('Pay CA$16.00');
  await expect(page.locator('#code')).toHaveText('CAD');
});
