import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isBusy, mayPay } from '../../../static-site/app/payment-state.js';
import { Cart } from '../../../static-site/app/shop.js';
import { isCheckoutId, parseCheckout, parseReceipt } from '../../../static-site/app/stored.js';
import { CHECKOUT, HOSTILE, RECEIPT } from './hostile-values.js';
import { CONFIG, NOW, PAID, Storage, UNKNOWN, closed, page } from './origin.js';

const SLOTS = ['till.checkout', 'till.receipt', 'till.closed'];
const catalog = JSON.parse(readFileSync(join(import.meta.dirname, '../../../static-site/catalog.json'), 'utf8'));
const short = (text) => (text.length > 120 ? `${text.slice(0, 120)}… (${text.length})` : text);

/** Goes on from whatever a page shows, as a shopper can, until something is paid. */
async function goOn({ payment, press }) {
  if (payment.state === 'paid') payment.startOver();
  if (payment.open) await payment.cancel();
  assert.ok(mayPay(payment.state), payment.state);
  await press();
}

for (const slot of SLOTS) {
  test(`${slot}: ${HOSTILE.length} hostile values, three loads each: there is always a way to go on`, async () => {
    assert.ok(HOSTILE.length >= 100);
    for (const text of HOSTILE) {
      const storage = new Storage();
      storage.setItem(slot, text);
      let tab;
      for (let load = 0; load < 3; load++) {
        tab = page({ storage, answers: [UNKNOWN] });
        await tab.payment.start(CONFIG);
        assert.deepEqual([tab.errors, isBusy(tab.payment.state)], [[], false], short(text));
      }
      const last = page({ storage, answers: tab.payment.open ? [UNKNOWN, closed('checkout_closed'), PAID] : [PAID] });
      await last.payment.start(CONFIG);
      await goOn(last);
      assert.deepEqual([last.payment.state, last.errors], ['paid', []], short(text));
      assert.deepEqual([...storage.map.keys()].sort(), ['till.closed', 'till.receipt'], short(text));
    }
  });
}

test('till.cart: whatever is stored, the cart can be paid', () => {
  for (const text of HOSTILE) {
    const cart = new Cart(catalog, 'usd');
    cart.recall({ getItem: () => text });
    assert.ok(['usd', 'cad'].includes(cart.currency), short(text));
    assert.ok(Number.isInteger(cart.total), short(text));
  }
});

test('what is well formed is taken as it is, also what the first release stored', () => {
  const { v, ...old } = CHECKOUT;
  assert.deepEqual(parseCheckout(CHECKOUT), old);
  assert.deepEqual(parseCheckout(old), old);
  const { v: _, ...receipt } = RECEIPT;
  assert.deepEqual(parseReceipt(RECEIPT, NOW), receipt);
  assert.deepEqual(parseReceipt(receipt, NOW), receipt);
});

test('a malformed checkout with an id is unknown, with nothing to send again; without one it is none', () => {
  const broken = parseCheckout({ ...CHECKOUT, cards: 'x' });
  assert.deepEqual([broken.id, broken.sent, broken.attempt], [CHECKOUT.id, true, {}]);
  assert.deepEqual(broken.cart, CHECKOUT.cart, 'what is well formed of it is shown');
  assert.equal(parseCheckout({ ...CHECKOUT, id: 'x' }), null);
  assert.equal(parseCheckout({ ...CHECKOUT, livemode: 'yes' }).attempt.path, undefined, 'marked live by no one');
});

test('a malformed checkout is asked about and cancelled, never sent', async () => {
  const storage = new Storage();
  storage.setItem('till.checkout', JSON.stringify({ ...CHECKOUT, livemode: true, cards: 7 }));
  const tab = page({ storage, answers: [UNKNOWN, UNKNOWN, closed('checkout_closed')] });
  await tab.payment.start(CONFIG);
  await tab.payment.check();
  assert.deepEqual([tab.payment.state, tab.payment.detail.leaving, tab.payment.detail.lost], ['unknown', false, true], 'not said that checking completes it');
  await tab.payment.cancel();
  assert.deepEqual(tab.sent.map(({ path, body }) => [path, body.settle]), [['/api/payments/void', true], ['/api/payments/void', true], ['/api/payments/void', undefined]]);
  assert.deepEqual([tab.payment.state, tab.payment.detail.code], ['not_attempted', 'cancelled']);
});

test('a receipt is kept for a day, by a clock that may go back', () => {
  const DAY = 86_400_000;
  for (const now of [NOW, NOW + DAY, NOW - DAY]) assert.ok(parseReceipt(RECEIPT, now));
  for (const now of [NOW + DAY + 1, NOW - DAY - 1]) assert.equal(parseReceipt(RECEIPT, now), null);
});

test('an id is a UUIDv7 in lower case', () => {
  assert.ok(isCheckoutId(CHECKOUT.id));
  for (const id of [CHECKOUT.id.toUpperCase(), `${CHECKOUT.id} `, CHECKOUT.id.replace('-7abc', '-4abc'), '', null, 7, {}]) assert.equal(isCheckoutId(id), false);
});
