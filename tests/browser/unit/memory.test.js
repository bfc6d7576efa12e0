// The page holds an answer, and its checkout, whatever becomes of the storage meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTION, CONFIG, DECLINED, Locks, PAID, Storage, UNKNOWN, closed, open, page, soon } from './origin.js';

const clearing = (storage, answer) => () => {
  storage.map.clear();
  return answer;
};

test('storage is cleared while the request is under way: paid is shown, and kept', async () => {
  const storage = new Storage();
  const { press, payment, errors, stored } = page({ storage, answers: [clearing(storage, PAID)] });
  await press();
  assert.deepEqual([payment.state, errors], ['paid', []]);
  assert.equal(payment.detail.receipt.payment_intent, 'pi_1');
  assert.equal(stored('till.receipt').payment_intent, 'pi_1');
  assert.equal(stored(), null);
});

for (const [name, answer, state] of [['a decline', DECLINED, 'declined'], ['an unknown outcome', UNKNOWN, 'unknown'], ['a refusal that leaves it open', open('rate_limited'), 'not_attempted']]) {
  test(`storage is cleared while the request is under way: after ${name} the checkout is written again`, async () => {
    const storage = new Storage();
    const { press, payment, sent, stored, errors } = page({ storage, answers: [clearing(storage, answer)] });
    await press();
    assert.deepEqual([payment.state, errors], [state, []]);
    assert.equal(stored().id, sent[0].key);
    assert.equal(stored().sent, true);
    assert.equal(Boolean(stored().attempt), state === 'unknown');
  });
}

test('storage is cleared while the request is under way: what was closed is not written again', async () => {
  const storage = new Storage();
  const { press, sent, stored } = page({ storage, answers: [clearing(storage, closed('checkout_closed'))] });
  await press();
  assert.equal(stored(), null);
  assert.deepEqual(stored('till.closed'), [sent[0].key]);
});

test('storage is cleared while the bank asks: the payment goes on', async () => {
  const storage = new Storage();
  const { press, payment, sent } = page({ storage, answers: [clearing(storage, ACTION), PAID], challenge: async () => storage.map.clear() });
  await press();
  assert.equal(payment.state, 'paid');
  assert.equal(sent[1].key, sent[0].key);
});

const full = () => {
  throw new DOMException('full', 'QuotaExceededError');
};
const denied = () => {
  throw new DOMException('denied', 'SecurityError');
};

test('a receipt that cannot be stored is shown; whoever opens the checkout again is told that it is paid', async () => {
  const storage = new Storage();
  const { press, payment, errors } = page({ storage, answers: [() => ((storage.setItem = full), PAID)] });
  await press();
  assert.deepEqual([payment.state, errors], ['paid', []]);
  await payment.sync();
  assert.equal(payment.state, 'paid', 'this page knows');
  delete storage.setItem;
  storage.setItem = new Storage().setItem.bind(null);
  const reloaded = page({ storage: Object.assign(new Storage(), { map: storage.map }), answers: [PAID] });
  await reloaded.payment.start(CONFIG);
  assert.equal(reloaded.payment.state, 'paid');
});

test('a receipt that could not be stored, put away by the shopper: its checkout is put away, too', async () => {
  const storage = new Storage();
  const { press, payment, sent, stored } = page({ storage, answers: [() => ((storage.setItem = full), PAID), PAID] });
  await press();
  storage.setItem = (key, value) => storage.map.set(key, value);
  payment.startOver();
  assert.equal(stored(), null);
  await press();
  assert.notEqual(sent[1].key, sent[0].key);
});

for (const [name, answer, state] of [['paid', PAID, 'paid'], ['declined', DECLINED, 'declined'], ['refused', closed('rate_limited'), 'not_attempted'], ['unknown', UNKNOWN, 'unknown']]) {
  test(`storage is forbidden when the answer comes: ${name} is shown`, async () => {
    const storage = new Storage();
    const forbid = () => Object.assign(storage, { getItem: denied, setItem: denied, removeItem: denied });
    const { press, payment, errors } = page({ storage, answers: [() => (forbid(), answer)] });
    await press();
    assert.deepEqual([payment.state, payment.busy, errors], [state, false, []]);
  });
}

test('an error in drawing is no outcome: it is reported, and the payment goes on', async () => {
  const drawn = [];
  const shown = page({
    answers: [PAID],
    onChange: () => {
      drawn.push(shown.payment.state);
      throw new TypeError('of ours');
    },
  });
  await shown.press();
  assert.deepEqual(drawn, ['tokenizing', 'sending', 'paid']);
  assert.equal(shown.errors.length, 3);
  assert.equal(shown.stored('till.receipt').payment_intent, 'pi_1');
});

test('an error of ours before anything was sent is a refusal, afterwards it is unknown; neither is lost', async () => {
  const before = page({ tokenize: () => Promise.reject(new TypeError('of ours')) });
  await before.press();
  assert.deepEqual([before.payment.state, before.payment.detail.code, before.payment.busy], ['not_attempted', 'other', false]);
  const after = page({ answers: [() => Promise.reject(new TypeError('of ours')), PAID] });
  await after.press();
  assert.deepEqual([after.payment.state, after.payment.detail.cart.total, after.payment.busy], ['unknown', 1099, false]);
  await after.payment.check();
  assert.equal(after.payment.state, 'paid');
});

test('another tab clears storage while this page is unknown: the checkout is written again', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const { press, payment, sent, stored } = page({ ...origin, answers: [UNKNOWN, PAID] });
  await press();
  origin.storage.map.clear();
  await payment.sync();
  assert.equal(payment.state, 'unknown');
  assert.equal(stored().id, sent[0].key);
  const other = page({ ...origin, answers: [PAID] });
  await other.payment.sync();
  assert.equal(other.payment.state, 'unknown', 'no other tab pays meanwhile');
  await payment.check();
  assert.deepEqual([payment.state, sent[1].key, sent[1].body], ['paid', sent[0].key, sent[0].body]);
});

test('a press finds its checkout vanished: it is not another payment', async () => {
  const { press, payment, sent, storage, stored } = page({ answers: [DECLINED, PAID] });
  await press();
  storage.map.clear();
  await press();
  await press();
  assert.equal(payment.state, 'paid');
  assert.deepEqual(new Set(sent.map(({ key }) => key)).size, 1);
  assert.equal(stored(), null);
});

test('closed in another tab is known from its mark: the checkout is forgotten', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [UNKNOWN] });
  const second = page({ ...origin, answers: [closed('checkout_closed')] });
  await first.press();
  await second.payment.sync();
  await second.payment.cancel();
  await first.payment.sync();
  assert.equal(first.payment.state, 'idle');
  assert.equal(first.stored(), null);
});

test('paid in another tab, whose receipt was put away: forgotten, too', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [UNKNOWN] });
  const second = page({ ...origin, answers: [PAID] });
  await first.press();
  await second.payment.sync();
  await second.payment.check();
  second.payment.startOver();
  await first.payment.sync();
  assert.equal(first.payment.state, 'idle');
});

test('an unknown checkout is not forgotten for another one that was begun after storage was cleared', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [UNKNOWN, closed('checkout_closed')] });
  await first.press();
  const id = first.stored().id;
  origin.storage.map.clear();
  const second = page({ ...origin, answers: [DECLINED] });
  await second.press();
  await first.payment.sync();
  assert.equal(first.payment.state, 'unknown');
  assert.notEqual(first.stored().id, id, 'the other one’s place is not taken');
  await first.payment.cancel();
  assert.equal(first.sent[1].key, id);
  assert.equal(first.payment.state, 'not_attempted');
  assert.equal(first.stored().id, second.sent[0].key);
  await soon();
});
