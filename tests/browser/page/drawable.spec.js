// Whatever can happen can be drawn: every view, with as little as can be known, in every language.
import { CARTS, HOSTILE } from '../unit/hostile-values.js';
import { LANGUAGES, catalog, expect, merchant, test, words } from './shopper.js';

const RECEIPT = { payment_intent: 'pi_1', amount: 1099, currency: 'usd', livemode: true, items: [] };
const WHOLE = { payment_intent: 'pi_1', at: 1_795_309_835_123, cart: { items: [], currency: 'usd', total: 1099 }, card: { brand: 'visa', last4: '4242' } };
const CODES = ['offline', 'no_storage', 'no_service', 'rate_limited', 'service_unavailable', 'stripe_refused', 'total_changed', 'page_outdated', 'checkout_closed', 'checkout_expired', 'cancelled', 'card_limit_reached', 'forbidden', 'payment_method_invalid', 'email_invalid', 'a_code_of_tomorrow', 'constructor', undefined];

/** `{state, detail, …}` of a payment: every state × the details that can occur. */
const CASES = [
  ...['unknown', 'action'].flatMap((state) => [{}, { found: true }, { leaving: true }, { lost: true }, { at: undefined, card: WHOLE.card }, { cart: WHOLE.cart }, { at: WHOLE.at }, { card: { brand: 'constructor', last4: '4242' } }, WHOLE].map((detail) => ({ state, open: state, detail }))),
  ...[{ expired: true }, { expired: true, mayAbandon: true }, { expired: true, detail: { leaving: true } }].map((more) => ({ state: 'unknown', open: 'unknown', detail: {}, ...more })),
  ...[{ code: 'insufficient_funds', advice: 'use_another_card' }, { code: 'x', advice: 'contact_issuer', found: true }, { code: 'duplicate_transaction', advice: 'try_again', payment_intent: 'pi_1' }].map((detail) => ({ state: 'declined', detail })),
  ...CODES.flatMap((code) => [{ code }, { code, total: 0, currency: 'usd' }, { code, total: 1600, currency: 'xts', cart: WHOLE.cart }, { code, decline: { code: 'x', advice: 'contact_issuer' } }].map((detail) => ({ state: 'not_attempted', detail }))),
  { state: 'not_attempted', detail: { code: 'total_changed' }, stopped: true },
  ...[{}, { refunded: 1099 }, { refunded: 1 }, { created: 0 }, { card: WHOLE.card }, { items: [{ sku: 'gone', quantity: 1 }] }, { livemode: false }].map((more) => ({ state: 'paid', detail: { receipt: { ...RECEIPT, ...more } } })),
  ...[null, 'checking', 'nothing', 'closed', 'unknown'].map((told) => ({ state: 'idle', detail: {}, otherTab: { state: 'stalled', told } })),
  { state: 'unknown', open: 'unknown', detail: {}, otherTab: { state: 'stalled', told: null } },
  ...['idle', 'tokenizing', 'sending', 'closing', 'authenticating', 'confirming'].map((state) => ({ state, detail: {} })),
];

for (const language of LANGUAGES) {
  test(`every view can be drawn, with and without what merchant.json need not have (${language})`, async ({ page, shopper }) => {
    await shopper.open();
    const faults = await page.evaluate(
      async ({ language, entries, cases, shops, catalog }) => {
        const [{ Words }, { showBare, showOutcome, showReceipt, showTitle }, { Cart }] = await Promise.all(['words', 'view', 'shop'].map((name) => import(`/app/${name}.js`)));
        const words = new Words(language, language, entries);
        const faults = [];
        for (const merchant of shops) {
          for (const { stopped, ...one } of cases) {
            const payment = { open: null, otherTab: { state: null, told: null }, expired: false, mayAbandon: false, ...one };
            try {
              showOutcome(words, { payment, merchant, stopped, again() {}, abandon() {} });
              showTitle(words, { payment, merchant });
              if (one.state === 'paid') showReceipt(words, one.detail.receipt, { cart: new Cart(catalog, 'usd'), merchant, startOver() {} });
              const text = `${document.querySelector('h1').textContent} ${document.getElementById('outcome').textContent} ${document.getElementById('receipt').textContent} ${document.title}`;
              if (/undefined|null|NaN|\[object|\{\w+\}|Invalid/.test(text)) faults.push([one, text]);
              showBare(words, { payment, merchant });
            } catch (error) {
              faults.push([one, String(error)]);
            }
          }
        }
        return faults;
      },
      { language, entries: words[language], cases: CASES, shops: [merchant, {}, { name: 'A', email: 'a@example.com' }, { phone: '1', tagline: 'In one language' }], catalog },
    );
    expect(faults).toEqual([]);
  });
}

const without = (name) => Object.fromEntries(Object.entries(merchant).filter(([key]) => key !== name));
const SHOPS = { nothing: {}, 'the name alone': { name: 'A shop' }, ...Object.fromEntries(Object.keys(merchant).map((name) => [`all but ${name}`, without(name)])), 'plain strings': { ...merchant, tagline: 'Charts', promise: 'p', delivery: 'd', returns: 'r' }, 'a currency without prices': { ...merchant, currency: 'eur' }, 'no object': 7 };

for (const [what, shop] of Object.entries(SHOPS)) {
  test(`a shop whose merchant.json has ${what} can be paid in`, async ({ page, shopper }) => {
    await page.route('**/merchant.json', (route) => route.fulfill({ json: shop }));
    await shopper.open();
    await expect(shopper.title).not.toBeEmpty();
    await expect(page.locator('body')).not.toContainText(/undefined|NaN|\[object/);
    await shopper.buy();
    await shopper.isPaid();
    await expect(page.locator('body')).not.toContainText(/undefined|NaN|\[object/);
  });
}

test('a shop without a readable merchant.json can be paid in', async ({ page, shopper }) => {
  await page.route('**/merchant.json', (route) => route.fulfill({ status: 404 }));
  await shopper.open();
  await shopper.buy();
  await shopper.isPaid();
});

/** Slot → what is found in it: a few values a test, for each of them is three loads of the page. */
const FOUND = ['till.checkout', 'till.receipt', 'till.closed', 'till.cart'].flatMap((slot) => {
  const values = HOSTILE.filter((one, n) => n % 12 === 0 || (slot === 'till.cart' && CARTS.includes(one)));
  return Array.from({ length: Math.ceil(values.length / 5) }, (_, n) => ({ slot, n, some: values.slice(5 * n, 5 * n + 5) }));
});

for (const { slot, n, some } of FOUND) {
  test(`${slot}: hostile values, three loads each: the page is there, with a button to go on (${n + 1})`, async ({ page, shopper }) => {
    test.slow();
    await page.route('**/api/payments**', (route) => route.fulfill({ status: 410, json: { outcome: 'not_attempted', checkout: 'closed', error: { type: 'invalid_request_error', code: 'checkout_closed', message: 'x' } } }));
    await page.goto('/');
    for (const text of some) {
      await page.evaluate(([name, value]) => (localStorage.clear(), sessionStorage.clear(), (name === 'till.cart' ? sessionStorage : localStorage).setItem(name, value)), [slot, text]);
      for (let load = 0; load < 3; load++) {
        await page.reload();
        await expect(page.locator('#pay:visible, #check:visible, #receipt button:visible').first()).toBeVisible();
        await expect(page.locator('body')).not.toContainText(/NaN|undefined|\[object/);
      }
      await expect(page.locator('#broken')).toHaveCount(0);
    }
    await shopper.ready();
    await expect(shopper.pay).toHaveText('Pay $10.99');
  });
}
