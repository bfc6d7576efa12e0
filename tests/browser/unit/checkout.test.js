import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckoutStore } from '../../../static-site/app/checkout-store.js';
import { LIFETIME, isExpired, isForAnotherCart, isOfAnotherSandbox, isOfTheFuture, mintId, mintedAt, newCheckout, settled, withRequest } from '../../../static-site/app/checkout.js';
import { NOW, Storage } from './origin.js';

const cart = { items: [{ sku: 'star-map', quantity: 1 }], currency: 'usd', total: 1099 };
const other = { ...cart, items: [{ sku: 'star-map', quantity: 2 }], total: 2198 };
const request = { path: '/api/payments', body: '{"receipt_email":"ada@example.com"}', at: NOW };
const card = { id: 'pm_1', brand: 'visa', last4: '4242' };
const fresh = () => ({ ...newCheckout(mintId(NOW)), publishable_key: 'pk_test_1', livemode: false, cart });
const store = (storage, now = NOW) => new CheckoutStore(storage, () => now);

test('ids are UUIDv7: lower case, of the given time, never twice', () => {
  const ids = Array.from({ length: 1000 }, () => mintId(NOW));
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(mintedAt(id), NOW);
  }
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(mintId(0x017f22e279b0, Uint8Array.from([0xcc, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f])), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f', 'the example of RFC 9562, A.6');
});

test('a checkout expires by the server’s clock, and is of no future', () => {
  const checkout = fresh();
  assert.deepEqual([isExpired(checkout, NOW + LIFETIME), isExpired(checkout, NOW + LIFETIME + 1), isExpired(checkout, undefined)], [false, true, false]);
  assert.deepEqual([isOfTheFuture(checkout, NOW - 300_000), isOfTheFuture(checkout, NOW - 300_001)], [false, true]);
});

test('only a test-mode checkout is of another sandbox', () => {
  const config = { publishable_key: 'pk_new' };
  assert.equal(isOfAnotherSandbox({ livemode: false, publishable_key: 'pk_old' }, config), true);
  assert.equal(isOfAnotherSandbox({ livemode: false, publishable_key: 'pk_new' }, config), false);
  for (const livemode of [true, undefined]) assert.equal(isOfAnotherSandbox({ livemode, publishable_key: 'pk_old' }, config), false);
});

test('"sent" is stored with the request: whoever comes next re-sends', () => {
  const storage = new Storage();
  store(storage).save(withRequest(fresh(), request, card));
  const checkout = store(storage).peek();
  assert.deepEqual([checkout.sent, checkout.attempt, checkout.cards], [true, request, [card]]);
});

test('what cannot be stored is refused', () => {
  const full = new Storage();
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const silent = new Storage();
  silent.setItem = () => {};
  for (const storage of [full, silent]) assert.throws(() => store(storage).save(fresh()), { code: 'no_storage' });
});

test('once answered the request is gone, with its e-mail; the checkout and its PaymentIntent stay', () => {
  const storage = new Storage();
  store(storage).save(settled(withRequest(fresh(), request, card), { payment_intent: 'pi_1', declined: { code: 'x', advice: 'try_again', at: NOW } }));
  assert.equal(storage.getItem('till.checkout').includes('ada@example.com'), false);
  assert.equal(store(storage).peek().payment_intent, 'pi_1');
});

test('a checkout that was sent is for its cart alone', () => {
  const checkout = fresh();
  assert.equal(isForAnotherCart(null, cart), false);
  assert.equal(isForAnotherCart(checkout, other), false, 'nothing was sent');
  const sent = withRequest(checkout, request, card);
  assert.equal(isForAnotherCart(sent, cart), false);
  assert.equal(isForAnotherCart(sent, other), true);
  assert.equal(isForAnotherCart(sent, { ...cart, currency: 'cad', total: 1499 }), true);
  assert.equal(isForAnotherCart({ ...sent, payment_intent: 'pi_1' }, { ...cart, total: 1200 }), true, 'the price changed under a PaymentIntent');
});

test('paid: the receipt stays, the checkout goes, and a mark says that it did', () => {
  const storage = new Storage();
  const mine = store(storage);
  const checkout = withRequest(fresh(), request, card);
  const receipt = { payment_intent: 'pi_1', amount: 1099, currency: 'usd', created: 1, livemode: false, items: cart.items, kept: NOW };
  mine.save(checkout);
  mine.pay(checkout, receipt, () => assert.ok(mine.peek(), 'shown first'));
  assert.deepEqual([mine.peek(), mine.restore().receipt], [null, receipt]);
  assert.equal(mine.isClosed(checkout.id), true);
  assert.equal(store(storage, NOW + 25 * 3_600_000).restore().receipt, null);
  assert.equal(storage.getItem('till.receipt'), null, 'what is too old is removed');
});

test('a page knows when another one has written', () => {
  const storage = new Storage();
  const [mine, theirs] = [store(storage), store(storage)];
  mine.restore();
  theirs.restore();
  mine.save(fresh());
  assert.deepEqual([mine.changedElsewhere(), theirs.changedElsewhere()], [false, true]);
  theirs.peek();
  assert.equal(theirs.changedElsewhere(), true);
  theirs.restore();
  assert.equal(theirs.changedElsewhere(), false);
});

test('marks of closing are kept for the last checkouts', () => {
  const mine = store(new Storage());
  const ids = Array.from({ length: 30 }, () => mintId(NOW));
  for (const id of ids) {
    mine.save({ ...fresh(), id });
    mine.close();
  }
  assert.deepEqual([mine.isClosed(ids[29]), mine.isClosed(ids[10]), mine.isClosed(ids[9])], [true, true, false]);
});
