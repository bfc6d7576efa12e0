import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintId } from '../../../static-site/app/checkout.js';
import { isBusy, mayPay } from '../../../static-site/app/payment-state.js';
import { Cart } from '../../../static-site/app/shop.js';
import { isCheckoutId, parseCheckout, parseReceipt } from '../../../static-site/app/stored.js';
import { CHECKOUT, HOSTILE, PREPARED, RECEIPT } from './hostile-values.js';
import { CART, CONFIG, NOW, PAID, Storage, UNKNOWN, closed, open, page } from './origin.js';

const SLOTS = ['till.checkout', 'till.receipt', 'till.closed'];
const catalog = JSON.parse(readFileSync(join(import.meta.dirname, '../../../static-site/catalog.json'), 'utf8'));
/** Whether a checkout with this order can be stored and read again. */
const isOrder = (order) => parseCheckout({ ...PREPARED, cart: order })?.sent === false;
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
    const counted = cart.lines.reduce((sum, { item, quantity }) => sum + item.prices[cart.currency] * quantity, 0);
    assert.deepEqual([cart.total, cart.corrected], [counted, null], short(text));
    assert.equal(isOrder(cart.order), true, short(text));
  }
});

test('till.cart: what the page keeps there it takes back', () => {
  const storage = new Storage();
  const kept = new Cart(catalog, 'usd');
  kept.set('tide-table', 3);
  kept.setCurrency('cad');
  kept.keep(storage);
  const cart = new Cart(catalog, 'usd');
  cart.recall(storage);
  assert.deepEqual(cart.order, kept.order);
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

const LIMITS = { '21 lines': { items: Array.from({ length: 21 }, (_, n) => ({ sku: `item-${n}`, quantity: 1 })) }, 'a total over the most': { total: 120_000_000 } };
const unreadable = [...Object.values(LIMITS).map((odd) => ({ cart: { ...CART, ...odd } })), { v: 2 }, { livemode: 'no' }, { publishable_key: 'pk' }, { cart: undefined }, { cards: 7 }, { cards: undefined }];

test('a checkout that was not sent, and cannot be read, is none: nothing of it can be charged', async () => {
  for (const odd of unreadable) {
    const text = JSON.stringify({ ...PREPARED, ...odd });
    assert.equal(parseCheckout(JSON.parse(text)), null, text);
    const storage = new Storage();
    storage.setItem('till.checkout', text);
    const { payment, sent, press } = page({ storage, answers: [PAID] });
    await payment.start(CONFIG);
    assert.deepEqual([payment.state, sent, storage.getItem('till.checkout')], ['idle', [], null], text);
    await press();
    assert.equal(payment.state, 'paid');
  }
});

test('only what says exactly that nothing was sent, and shows no trace of a request, counts as not sent', () => {
  const { sent: _, ...unsaid } = PREPARED;
  const traces = [null, false, 0, '', 'x', [], {}];
  const doubtful = [
    unsaid,
    ...[null, true, 0, 1, '', 'false', [], {}, [false]].map((sent) => ({ ...PREPARED, sent })),
    ...[...traces, CHECKOUT.attempt].map((attempt) => ({ ...PREPARED, attempt })),
    ...[...traces, 'pi_1'].map((payment_intent) => ({ ...PREPARED, payment_intent })),
  ];
  for (const value of doubtful) {
    const read = parseCheckout({ ...value, cart: 7 });
    assert.deepEqual([read.id, read.sent, read.attempt], [PREPARED.id, true, {}], JSON.stringify(value));
  }
  assert.equal(parseCheckout(JSON.parse(`{"__proto__":{"sent":false},"id":"${PREPARED.id}"}`)).sent, true);
});

test('a checkout in memory that was sent outlives one in storage that says it was not', async () => {
  const { payment, press, storage, stored } = page({ answers: [UNKNOWN] });
  await press();
  const { id } = stored();
  storage.setItem('till.checkout', JSON.stringify({ ...PREPARED, id, cart: 7 }));
  await payment.sync();
  assert.deepEqual([payment.state, stored().id, stored().sent], ['unknown', id, true]);
});

for (const [what, odd] of Object.entries(LIMITS)) {
  test(`${what}: an order that could not be read again is neither stored nor sent, and a reload says nothing of a charge`, async () => {
    const storage = new Storage();
    const order = { ...CART, ...odd };
    const first = page({ storage });
    await first.payment.start(CONFIG);
    await first.payment.prepare(order);
    assert.deepEqual([first.payment.state, storage.getItem('till.checkout')], ['idle', null]);
    await first.press(order);
    assert.deepEqual([first.payment.state, first.payment.detail.code, first.sent], ['not_attempted', 'other', []]);
    const reloaded = page({ storage });
    await reloaded.payment.start(CONFIG);
    assert.deepEqual([reloaded.payment.state, reloaded.sent], ['idle', []]);
  });
}

test('a card that could not be read again is not sent, and the next one pays', async () => {
  const odd = [{ last4: null }, { brand: undefined }, { id: 'card_1' }];
  for (const more of odd) {
    const storage = new Storage();
    const first = page({ storage, tokenize: async () => ({ id: 'pm_1', brand: 'visa', last4: '4242', ...more }) });
    await first.press();
    assert.deepEqual([first.payment.state, first.payment.detail.code, first.sent, first.stored().sent], ['not_attempted', 'other', [], false]);
    const reloaded = page({ storage, answers: [PAID] });
    await reloaded.payment.start(CONFIG);
    assert.equal(reloaded.payment.state, 'idle');
    await reloaded.press();
    assert.equal(reloaded.payment.state, 'paid');
  }
});

test('a receipt that could not be read again is shown, and asked for again after a reload', async () => {
  const { press, payment, storage } = page({ answers: [{ ...PAID, created: 1e15 }] });
  await press();
  assert.equal(payment.state, 'paid');
  const reloaded = page({ storage, answers: [PAID] });
  await reloaded.payment.start(CONFIG);
  assert.equal(reloaded.payment.state, 'paid');
});

test('a malformed checkout that the function leaves open can be paid', async () => {
  const id = mintId(NOW);
  const storage = new Storage();
  storage.setItem('till.checkout', JSON.stringify({ ...CHECKOUT, id, livemode: undefined, publishable_key: undefined }));
  const { payment, press, sent, errors } = page({ storage, answers: [open('rate_limited'), PAID] });
  await payment.start(CONFIG);
  assert.equal(payment.state, 'not_attempted');
  await press();
  assert.deepEqual([payment.state, sent.at(-1).key, sent.at(-1).resend, errors], ['paid', id, true, []]);
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
