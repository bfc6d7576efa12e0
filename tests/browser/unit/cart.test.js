import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cart } from '../../../static-site/app/shop.js';
import { parseCheckout } from '../../../static-site/app/stored.js';
import { PREPARED } from './hostile-values.js';

const catalog = JSON.parse(readFileSync(join(import.meta.dirname, '../../../static-site/catalog.json'), 'utf8'));

test('a cart begins with one of the first item, and totals in minor units', () => {
  const cart = new Cart(catalog, 'usd');
  assert.deepEqual(cart.order, { items: [{ sku: 'star-map', quantity: 1 }], currency: 'usd', total: 1099 });
  cart.set('tide-table', 3);
  assert.equal(cart.total, 1099 + 3 * 650);
  cart.setCurrency('cad');
  assert.equal(cart.total, 1499 + 3 * 890);
  assert.equal(cart.lines.length, 2);
});

test('quantities stay within the price list', () => {
  const cart = new Cart(catalog, 'usd');
  cart.set('star-map', 11);
  assert.equal(cart.quantity('star-map'), 10);
  cart.set('star-map', -1);
  assert.equal(cart.quantity('star-map'), 0);
  cart.set('no-such', 1);
  assert.deepEqual(cart.order.items, []);
});

test('row 7: a corrected total is the total, until the cart changes', () => {
  const cart = new Cart(catalog, 'usd');
  cart.corrected = 1200;
  assert.equal(cart.order.total, 1200);
  cart.set('star-map', 2);
  assert.equal(cart.total, 2198);
});

test('a stored order comes back with the total it was stored with', () => {
  const cart = new Cart(catalog, 'usd');
  const order = { items: [{ sku: 'moon-calendar', quantity: 2 }], currency: 'cad', total: 4800 };
  cart.restore(order);
  assert.deepEqual(cart.order, order);
  cart.restore({ ...order, items: [{ sku: 'moon-calendar', quantity: 99 }, { sku: 'gone', quantity: 1 }], total: null });
  assert.deepEqual(cart.order.items, [{ sku: 'moon-calendar', quantity: 10 }], 'within today’s price list');
  cart.restore({ ...order, total: 4900 });
  assert.equal(cart.corrected, null);
});

const shopOf = (...prices) => ({ items: prices.map((usd, n) => ({ sku: `item-${n}`, prices: { usd, cad: Math.min(Math.round(usd * 1.4), 99_999_999) }, max_quantity: 99 })) });

/** Whether the function takes it, and the page itself can read it again. */
function isTaken({ items, currency, total }) {
  assert.ok(items.length <= 20 && total <= 99_999_999, JSON.stringify({ lines: items.length, currency, total }));
  assert.ok(parseCheckout({ ...PREPARED, cart: { items, currency, total } }));
}

test('no cart is too long: at most 20 lines, the function’s limit', () => {
  const cart = new Cart(shopOf(...Array(25).fill(100)), 'usd');
  for (let n = 0; n < 25; n++) cart.set(`item-${n}`, 2);
  assert.equal(cart.lines.length, 20);
  assert.deepEqual([cart.fits(cart.item('item-0'), 99), cart.fits(cart.item('item-24'), 1)], [true, false]);
  isTaken(cart.order);
  cart.set('item-0', 0);
  cart.set('item-24', 1);
  assert.deepEqual([cart.lines.length, cart.quantity('item-24')], [20, 1], 'one leaves, another comes');
});

test('no cart is too dear: what is chosen fits in each currency, so that the other one can be chosen at any time', () => {
  const cart = new Cart(shopOf(60_000_000), 'usd');
  cart.set('item-0', 2);
  assert.deepEqual([cart.quantity('item-0'), cart.total], [1, 60_000_000]);
  const two = new Cart(shopOf(5_000_000, 30_000_000), 'usd');
  two.set('item-1', 3);
  assert.equal(two.quantity('item-1'), 2, '3 × 420,000.00 CAD are too much beside the first');
  two.setCurrency('cad');
  isTaken(two.order);
});

test('no line is longer than the function takes, whatever the catalogue allows', () => {
  const catalog = shopOf(1);
  catalog.items[0].max_quantity = 5000;
  const cart = new Cart(catalog, 'usd');
  cart.set('item-0', 5000);
  assert.equal(cart.quantity('item-0'), 99);
  isTaken(cart.order);
});

test('what has no price, or one in parts of a cent, cannot be chosen', () => {
  const cart = new Cart(shopOf(10.5, 100_000_000, 100), 'usd');
  cart.catalog.items[2].prices.cad = 'x';
  for (const { sku } of cart.catalog.items) cart.set(sku, 1);
  assert.deepEqual(cart.order, { items: [], currency: 'usd', total: 0 });
});

test('whatever is pressed, restored or switched, the function takes the cart', () => {
  const lengths = new Set();
  const cart = new Cart(shopOf(...Array.from({ length: 30 }, (_, n) => 50 + n ** 4)), 'usd');
  for (let n = 1; n < 3000; n++) {
    const sku = `item-${(n * 7919) % 30}`;
    if (n % 11 === 0) cart.setCurrency(n % 2 ? 'usd' : 'cad');
    else if (n % 101 === 0) cart.restore({ ...cart.order, items: [...cart.order.items, { sku, quantity: 99 }], total: null });
    else cart.set(sku, cart.quantity(sku) + (n % 5 === 0 ? -1 : 1 + (n % 9)));
    isTaken(cart.order);
    lengths.add(cart.lines.length);
  }
  assert.ok(lengths.has(20), 'the limit was reached');
});
