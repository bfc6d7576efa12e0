// What an extension, another version or a hand may have stored: values as JSON text, for any slot.

const ID = '019a3f2b-7c5d-7abc-8def-0123456789ab';
const CART = { items: [{ sku: 'star-map', quantity: 1 }], currency: 'usd', total: 1099 };
const NOW = 1_795_309_835_123;
const FAR = 8.64e15;

export const CHECKOUT = { v: 1, id: ID, publishable_key: 'pk_test_1', livemode: false, sent: true, cart: CART, cards: [{ id: 'pm_1', brand: 'visa', last4: '4242' }], attempt: { path: '/api/payments', body: '{"payment_method":"pm_1"}', at: NOW } };
/** Written while the card is filled in: nothing was sent. */
export const PREPARED = { v: 1, id: ID, publishable_key: 'pk_test_1', livemode: false, sent: false, cart: CART, cards: [] };
export const RECEIPT = { v: 1, payment_intent: 'pi_1', amount: 1099, currency: 'usd', created: 1_795_309_000, livemode: false, items: CART.items, kept: NOW, card: { brand: 'visa', last4: '4242' } };

const json = JSON.stringify;
const deep = (n) => '['.repeat(n) + ']'.repeat(n);
const ODD = [null, true, false, 0, -1, 1.5, 1e308, '', 'x', [], [[]], {}, { a: 1 }, FAR, '__proto__'];

const texts = [
  ...['', ' ', 'null', 'true', 'false', '0', '-1', '1e999', '"x"', '[]', '{}', '[{}]', '{"id":', 'undefined', 'NaN', '\u0000', '<html>', '[object Object]'],
  ...[deep(10), deep(5000), json('x'.repeat(200_000)), json(Array(5000).fill(0)), json({ id: 'x'.repeat(100_000) })],
  ...['{"__proto__":{"id":"x"}}', `{"__proto__":{"sent":true},"id":"${ID}"}`, `{"constructor":1,"id":"${ID}"}`, `{"toString":"x","hasOwnProperty":1,"id":"${ID}"}`],
  ...[json({ ...CHECKOUT, v: 0 }), json({ ...CHECKOUT, v: 2 }), json({ ...CHECKOUT, v: '1' }), json({ ...RECEIPT, v: 2 }), json({ ...RECEIPT, v: null })],
  ...[json({ id: ID }), json({ id: ID.toUpperCase() }), json({ id: `${ID}\n` }), json({ id: [ID] }), json({ id: 'ffffffff-ffff-7fff-bfff-ffffffffffff' }), json({ ...CHECKOUT, id: 'ffffffff-ffff-7fff-bfff-ffffffffffff' }), json({ ...CHECKOUT, id: '00000000-0000-7000-8000-000000000000' })],
];

/** `value` with each of its fields missing, and with each of them odd. */
const spoilt = (value) =>
  Object.keys(value).flatMap((name, n) => {
    const { [name]: _, ...rest } = value;
    return [rest, ...[0, 1, 2, 3].map((k) => ({ ...value, [name]: ODD[(n * 4 + k) % ODD.length] }))];
  });

const nested = [
  ...[{ path: 'https://evil.example/' }, { path: '/api/payments/../x/confirm' }, { body: 'x' }, { body: '[]' }, { body: {} }, { at: FAR }, { at: -FAR }, { at: 'now' }, { action: 'yes' }, { action: {} }].map((odd) => ({ ...CHECKOUT, attempt: { ...CHECKOUT.attempt, ...odd } })),
  ...[{ items: {} }, { items: [null] }, { items: [{ sku: 1, quantity: 1 }] }, { items: [{ sku: 'star-map', quantity: -1 }] }, { currency: 'dollars' }, { currency: 'xxx' }, { total: -1 }, { total: '1099' }].map((odd) => ({ ...CHECKOUT, cart: { ...CART, ...odd } })),
  ...[{ cards: [null] }, { cards: [{ id: 'pm_1' }] }, { cards: [{ id: 'pm_1', brand: {}, last4: '4242' }] }, { payment_intent: 'pi_1/../x' }, { payment_intent: 7 }].map((odd) => ({ ...CHECKOUT, ...odd })),
  ...[{ code: 'x' }, { code: {}, advice: 'try_again' }, { code: 'x', advice: 'pray' }, { code: 'x', advice: 'try_again', at: FAR }].map((declined) => ({ ...CHECKOUT, attempt: undefined, declined })),
  ...[{ kept: FAR }, { kept: NOW * 2 }, { kept: -1 }, { created: FAR }, { amount: -1 }, { currency: 'x' }, { items: [{}] }, { card: {} }, { card: { brand: 'constructor', last4: '4242' } }, { refunded: 'all' }, { refunded: -1 }].map((odd) => ({ ...RECEIPT, ...odd })),
];

/** An order at the first level, with a total that nobody counted, or with what no order has. */
export const CARTS = [
  ...[...ODD, 1, -5, '1', [1], { toString: 1, valueOf: 1 }, { toJSON: 1 }].map((total) => ({ ...CART, total })),
  ...spoilt(CART),
  ...[{ items: Array(21).fill(CART.items[0]) }, { items: [{ sku: 'star-map', quantity: 1e308 }] }, { items: [{ sku: { toString: 1 }, quantity: 1 }] }, { currency: ['cad'] }, { currency: { toString: 1 } }].map((odd) => ({ ...CART, ...odd })),
].map((value) => json(value));

export const HOSTILE = [...new Set([...texts, ...[...spoilt(CHECKOUT), ...spoilt(PREPARED), ...spoilt(RECEIPT), ...nested].map((value) => json(value)), ...CARTS])];
