import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIFETIME, Slot, mintId, mintedAt } from '../../../static-site/app/checkout.js';

class Storage {
  map = new Map();
  getItem = (key) => this.map.get(key) ?? null;
  setItem = (key, value) => this.map.set(key, value);
  removeItem = (key) => this.map.delete(key);
}

const NOW = 1_795_309_835_123;
const context = { now: NOW, publishable_key: 'pk_test_1', livemode: false };
const cart = { items: [{ sku: 'star-map', quantity: 1 }], currency: 'usd', total: 1099 };
const other = { ...cart, items: [{ sku: 'star-map', quantity: 2 }], total: 2198 };
const attempt = { path: '/api/payments', body: '{"receipt_email":"ada@example.com"}', at: NOW };
const card = { id: 'pm_1', brand: 'visa', last4: '4242' };

test('ids are UUIDv7: lower case, of the given time, never twice', () => {
  const ids = Array.from({ length: 1000 }, () => mintId(NOW));
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(mintedAt(id), NOW);
  }
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(mintId(0x017f22e279b0, Uint8Array.from([0xcc, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f])), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f', 'the example of RFC 9562, A.6');
});

test('a checkout is stored before it is used, and is the same until it is closed', () => {
  const storage = new Storage();
  const first = new Slot(storage).open(cart, context);
  assert.equal(JSON.parse(storage.getItem('till.checkout')).id, first.id);
  assert.equal(new Slot(storage).open(cart, { ...context, now: NOW + 60_000 }).id, first.id);
});

test('"sent" is stored with the attempt, before the request leaves: whoever comes next re-sends', () => {
  const storage = new Storage();
  const slot = new Slot(storage);
  slot.open(cart, context);
  assert.equal(slot.sending(attempt, card).sent, false, 'the first send is a first send');
  const reloaded = new Slot(storage);
  assert.equal(reloaded.look().sent, true);
  assert.deepEqual(reloaded.look().attempt, attempt);
  assert.equal(reloaded.sending(attempt, card).sent, true);
});

test('what cannot be stored is refused', () => {
  const full = new Storage();
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const silent = new Storage();
  silent.setItem = () => {};
  for (const storage of [full, silent]) assert.throws(() => new Slot(storage).open(cart, context), { code: 'no_storage' });
});

test('after a decline the attempt is gone, with its e-mail; the checkout and its PaymentIntent stay', () => {
  const storage = new Storage();
  const slot = new Slot(storage);
  const { id } = slot.open(cart, context);
  slot.sending(attempt, card);
  slot.declined('pi_1', { code: 'insufficient_funds', advice: 'use_another_card' });
  assert.equal(storage.getItem('till.checkout').includes('ada@example.com'), false);
  const checkout = slot.open(cart, context);
  assert.equal(checkout.id, id);
  assert.equal(checkout.payment_intent, 'pi_1');
});

test('another cart must leave a checkout that was sent, and only that', () => {
  const slot = new Slot(new Storage());
  assert.equal(slot.mustLeave(cart), false);
  slot.open(cart, context);
  assert.equal(slot.mustLeave(other), false, 'nothing was sent');
  slot.sending(attempt, card);
  assert.equal(slot.mustLeave(cart), false);
  assert.equal(slot.mustLeave(other), true);
  assert.equal(slot.mustLeave({ ...cart, currency: 'cad', total: 1499 }), true);
  slot.declined('pi_1', {});
  assert.equal(slot.mustLeave({ ...cart, total: 1200 }), true, 'the price changed under a PaymentIntent');
});

test('an unsent checkout past its life is minted anew; a sent one never is', () => {
  const slot = new Slot(new Storage());
  const { id } = slot.open(cart, context);
  const late = { ...context, now: NOW + LIFETIME + 1 };
  const fresh = slot.open(cart, late);
  assert.notEqual(fresh.id, id);
  slot.sending(attempt, card);
  assert.equal(slot.open(cart, { ...late, now: late.now + LIFETIME + 1 }).id, fresh.id);
});

test('paid: the receipt stays for a day, the checkout goes', () => {
  const storage = new Storage();
  const slot = new Slot(storage);
  slot.open(cart, context);
  slot.sending(attempt, card);
  slot.paid({ payment_intent: 'pi_1', kept: NOW });
  assert.equal(slot.look(), null);
  assert.equal(slot.receipt(NOW + 3_600_000).payment_intent, 'pi_1');
  assert.equal(slot.receipt(NOW + 25 * 3_600_000), null);
  slot.dismiss();
  assert.equal(slot.receipt(NOW), null);
});

test('a slot knows when another tab has written', () => {
  const storage = new Storage();
  const [mine, theirs] = [new Slot(storage), new Slot(storage)];
  mine.look();
  theirs.look();
  mine.open(cart, context);
  assert.equal(mine.changedElsewhere(), false);
  assert.equal(theirs.changedElsewhere(), true);
  theirs.peek();
  assert.equal(theirs.changedElsewhere(), true);
  theirs.look();
  assert.equal(theirs.changedElsewhere(), false);
});

test('rubbish in storage is no checkout', () => {
  const storage = new Storage();
  storage.setItem('till.checkout', '{"id":');
  assert.equal(new Slot(storage).look(), null);
});
