// Waiting for another page of the origin has a bound, and a way on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTION, CONFIG, DECLINED, Locks, PAID, Storage, UNKNOWN, closed, page, soon } from './origin.js';

/** Timers that run when they are told to. */
function hands() {
  const set = [];
  return { setTimeout: (work, ms) => set.push({ work, ms }), clearTimeout: (n) => delete set[n - 1], pass: (ms) => set.filter((one) => one.ms <= ms).forEach(({ work }) => work()) };
}

/** A page whose origin's lock is held by a page that was suspended while its request was under way. */
async function stalled(answers, first = [() => new Promise(() => {})]) {
  const origin = { storage: new Storage(), locks: new Locks() };
  const suspended = page({ ...origin, answers: first });
  if (first.length) suspended.press();
  else origin.locks.request('till.checkout', () => new Promise(() => {}));
  await soon();
  const timers = hands();
  const tab = page({ ...origin, timers, answers });
  tab.payment.sync();
  await soon();
  assert.equal(tab.payment.otherTab.state, 'waiting');
  timers.pass(39_000);
  assert.equal(tab.payment.otherTab.state, 'waiting');
  timers.pass(40_000);
  assert.equal(tab.payment.otherTab.state, 'stalled');
  return { ...tab, suspended };
}

test('the other page is silent: asking tells what became of its payment, and charges nothing', async () => {
  const { payment, sent, suspended, stored } = await stalled([PAID]);
  await payment.askMeanwhile();
  assert.equal(payment.state, 'paid');
  assert.deepEqual([sent[0].key, sent[0].resend, sent[0].body], [suspended.sent[0].key, true, { ...suspended.sent[0].body, settle: true }]);
  assert.deepEqual([stored(), stored('till.receipt').payment_intent], [null, 'pi_1']);
});

test('what is not final stays with the page that holds the lock', async () => {
  for (const answer of [UNKNOWN, DECLINED, ACTION]) {
    const { payment, stored } = await stalled([answer]);
    const before = stored();
    await payment.askMeanwhile();
    assert.deepEqual([payment.otherTab.told, payment.busy], ['unknown', true]);
    assert.deepEqual(stored(), before);
  }
});

test('its checkout is closed, or there is none: said so', async () => {
  const over = await stalled([closed('checkout_closed')]);
  await over.payment.askMeanwhile();
  assert.equal(over.payment.otherTab.told, 'closed');
  const none = await stalled([], []);
  await none.payment.askMeanwhile();
  assert.deepEqual([none.payment.otherTab.told, none.sent.length], ['nothing', 0]);
});

test('one question at a time; and none while the other page may still answer', async () => {
  const { payment, sent } = await stalled([() => new Promise(() => {})]);
  payment.askMeanwhile();
  await payment.askMeanwhile();
  assert.deepEqual([sent.length, payment.otherTab.told], [1, 'checking']);
  const idle = page();
  await idle.payment.askMeanwhile();
  assert.equal(idle.sent.length, 0);
});

test('the other page lets go after all: this one takes over what it left', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  let end;
  const first = page({ ...origin, answers: [() => new Promise((resolve) => (end = () => resolve(DECLINED)))] });
  const pressed = first.press();
  await soon();
  const timers = hands();
  const second = page({ ...origin, timers, answers: [PAID] });
  second.payment.sync();
  await soon();
  timers.pass(40_000);
  end();
  await pressed;
  await soon();
  assert.deepEqual([second.payment.state, second.payment.otherTab.state], ['declined', null]);
  await second.press();
  assert.equal(second.payment.state, 'paid');
});

test('a lock that breaks leaves no page waiting', async () => {
  const locks = { request: async (_, options, work) => (work ? work(null) : Promise.reject(new DOMException('broken', 'AbortError'))) };
  const { payment } = page({ locks });
  await payment.sync();
  assert.deepEqual([payment.otherTab.state, payment.busy], [null, false]);
});

test('a page that buys once more does not pass over what another page has begun since', async () => {
  for (const answer of [DECLINED, UNKNOWN]) {
    const origin = { storage: new Storage(), locks: new Locks() };
    const first = page({ ...origin, answers: [PAID, answer] });
    await first.press();
    const sleeping = page({ ...origin, answers: [PAID] });
    await sleeping.payment.start(CONFIG);
    assert.equal(sleeping.payment.state, 'paid');
    first.payment.startOver();
    await first.press();
    // Its `storage` events have not come yet.
    sleeping.payment.startOver();
    await sleeping.press();
    assert.equal(sleeping.sent.length, 0, 'it looks before it pays');
    assert.equal(sleeping.payment.state, answer.outcome);
    assert.equal(sleeping.stored().id, first.sent[1].key);
  }
});
