import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTION, CART, CONFIG, DECLINED, Locks, PAID, Storage, UNKNOWN, closed, page, soon } from './origin.js';

const pending = () => new Promise(() => {});
const FAILED = { ...DECLINED, code: 'payment_intent_authentication_failure' };

test('the bank is asked, then the server: the same card on the same PaymentIntent, as a re-send', async () => {
  const { press, payment, sent, states, challenges, storage } = page({ answers: [ACTION, PAID] });
  await press();
  assert.deepEqual(challenges, ['pi_1_secret_2']);
  assert.deepEqual(states, ['tokenizing', 'sending', 'action', 'authenticating', 'confirming', 'paid']);
  const [first, second] = sent;
  assert.equal(second.path, '/api/payments/pi_1/confirm');
  assert.deepEqual([second.key, second.resend], [first.key, true]);
  assert.deepEqual(second.body, { payment_method: 'pm_1', currency: 'usd', expected_total: 1099, publishable_key: 'pk_test_1', receipt_email: 'ada@example.com', action: 'completed' });
  assert.deepEqual(JSON.parse(second.stored.attempt.body), second.body);
  assert.equal(second.stored.attempt.action, undefined, 'from here on it may be paid');
  assert.equal(payment.open, null);
  assert.deepEqual([...storage.map.keys()].sort(), ['till.closed', 'till.receipt']);
});

test('meanwhile it is stored that an action is pending, and never the client_secret', async () => {
  const { press, payment, storage } = page({ answers: [ACTION], challenge: pending });
  press();
  await soon();
  assert.deepEqual([payment.state, payment.open, payment.busy], ['authenticating', 'action', true]);
  const stored = storage.getItem('till.checkout');
  assert.equal(JSON.parse(stored).attempt.action, true);
  assert.doesNotMatch(stored, /secret/);
});

test('failed or cancelled: the server says so, and a second card pays the same PaymentIntent', async () => {
  const { press, payment, sent } = page({ answers: [ACTION, FAILED, ACTION, PAID] });
  await press();
  assert.equal(payment.state, 'declined');
  assert.equal(payment.detail.code, 'payment_intent_authentication_failure');
  await press();
  assert.equal(payment.state, 'paid');
  assert.deepEqual(sent.map(({ path }) => path), ['/api/payments', ...Array(3).fill('/api/payments/pi_1/confirm')]);
  assert.deepEqual(sent.map(({ body }) => [body.payment_method, body.action]), [['pm_1', undefined], ['pm_1', 'completed'], ['pm_2', undefined], ['pm_2', 'completed']]);
});

test('a reload in the middle of the challenge asks whether the bank still waits; the shopper brings the challenge back', async () => {
  const { press, storage, sent } = page({ answers: [ACTION], challenge: pending });
  press();
  await soon();
  const reloaded = page({ storage, answers: [ACTION, ACTION, PAID] });
  await reloaded.payment.sync();
  assert.deepEqual([reloaded.payment.state, reloaded.payment.detail.found], ['action', true]);
  await reloaded.payment.start(CONFIG);
  assert.deepEqual([reloaded.payment.state, reloaded.challenges.length, reloaded.payment.busy], ['action', 0, false]);
  assert.deepEqual([reloaded.sent[0].body, reloaded.sent[0].resend], [{ ...sent[0].body, settle: true }, true]);
  await reloaded.payment.check();
  assert.equal(reloaded.payment.state, 'paid');
  assert.deepEqual([reloaded.sent[1].body, reloaded.sent[1].resend], [sent[0].body, true]);
  assert.equal(reloaded.sent[1].stored.attempt.action, undefined, 'sending it again may pay it');
  assert.deepEqual(reloaded.challenges, ['pi_1_secret_2']);
});

test('the reply after the challenge is lost: unknown, and after a reload the same is asked again', async () => {
  const { press, payment, storage, sent } = page({ answers: [ACTION, UNKNOWN] });
  await press();
  assert.deepEqual([payment.state, payment.open], ['unknown', 'unknown']);
  const reloaded = page({ storage, answers: [PAID] });
  await reloaded.payment.sync();
  assert.equal(reloaded.payment.state, 'unknown');
  await reloaded.payment.start(CONFIG);
  assert.equal(reloaded.payment.state, 'paid');
  assert.deepEqual([reloaded.sent[0].path, reloaded.sent[0].body], [sent[1].path, { ...sent[1].body, settle: true }]);
});

test('a challenge that cannot be shown is not shown again by itself', async () => {
  const { press, payment, sent, challenges, states } = page({ answers: [ACTION, ACTION, ACTION, PAID] });
  await press();
  assert.deepEqual([payment.state, sent.length, challenges.length], ['action', 2, 1]);
  assert.equal(payment.busy, false);
  await payment.check();
  assert.equal(payment.state, 'paid');
  assert.deepEqual([sent.length, challenges.length], [4, 2]);
  assert.deepEqual(states.slice(6), ['confirming', 'action', 'authenticating', 'confirming', 'paid']);
});

test('a window that the shopper does not see is opened anew, if the bank still asks', async () => {
  let shown = 0;
  const { press, payment, sent } = page({ answers: [ACTION, ACTION, PAID], challenge: () => ((shown += 1) === 1 ? pending() : Promise.resolve()) });
  const pressed = press();
  await soon();
  payment.check();
  await pressed;
  assert.deepEqual([payment.state, shown, sent.length], ['paid', 2, 3]);
});

test('leaving in the middle of the challenge closes the checkout, whatever the challenge comes to', async () => {
  let end;
  const { press, payment, sent, storage } = page({ answers: [ACTION, closed('checkout_closed')], challenge: () => new Promise((resolve) => (end = resolve)) });
  const pressed = press();
  await soon();
  payment.cancel();
  await pressed;
  end();
  await soon();
  assert.deepEqual([payment.state, payment.detail.code], ['not_attempted', 'cancelled']);
  assert.deepEqual(sent.map(({ path }) => path), ['/api/payments', '/api/payments/void']);
  assert.equal(storage.getItem('till.checkout'), null);
});

test('another tab waits while the bank asks, and takes over where the first one is closed', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  let end;
  const first = page({ ...origin, answers: [ACTION, PAID], challenge: () => new Promise((resolve) => (end = resolve)) });
  const second = page(origin);
  const pressed = first.press();
  await soon();
  second.payment.sync();
  await soon();
  assert.equal(second.payment.otherTab.state, 'waiting');
  await second.press();
  end();
  await pressed;
  await soon();
  assert.deepEqual([first.payment.state, second.payment.state], ['paid', 'paid']);
  assert.equal(second.sent.length, 0);

  const closed = page({ answers: [ACTION], challenge: pending });
  closed.press(CART);
  await soon();
  const heir = page({ storage: closed.storage, answers: [ACTION, PAID] });
  await heir.payment.sync();
  assert.equal(heir.payment.state, 'action');
  await heir.payment.check();
  assert.equal(heir.payment.state, 'paid');
});

test('storage that fails in the middle leaves no busy state, and sends nothing unstored', async () => {
  const storage = new Storage();
  const { press, payment, sent } = page({ storage, answers: [ACTION], challenge: async () => (storage.setItem = () => {}) });
  await press();
  assert.deepEqual([payment.state, payment.busy, sent.length], ['unknown', false, 1]);
});

test('a void cannot want an action', async () => {
  const { press, payment, challenges } = page({ answers: [UNKNOWN, ACTION] });
  await press();
  await payment.cancel();
  assert.deepEqual([payment.state, challenges.length], ['unknown', 0]);
});
