import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cart } from '../../../static-site/app/shop.js';

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
