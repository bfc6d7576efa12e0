// Nothing that the shopper did not press charges.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTION, CONFIG, DECLINED, NOW, PAID, UNKNOWN, closed, page } from './origin.js';

const HOUR = 3_600_000;

async function unknownOf(answers = [UNKNOWN]) {
  const left = page({ answers });
  await left.press();
  return left;
}

test('what the page sends by itself only asks, after a reload and whenever the network or the page comes back', async () => {
  const left = await unknownOf();
  const reloaded = page({ storage: left.storage, answers: [UNKNOWN, UNKNOWN, PAID] });
  await reloaded.payment.start(CONFIG);
  assert.equal(reloaded.payment.state, 'unknown');
  await reloaded.payment.settle();
  await reloaded.payment.settle();
  assert.equal(reloaded.payment.state, 'paid');
  for (const { path, key, resend, body } of reloaded.sent) assert.deepEqual([path, key, resend, body], [left.sent[0].path, left.sent[0].key, true, { ...left.sent[0].body, settle: true }]);
});

test('an attempt of eight hours ago is asked about, and charged by nothing', async () => {
  const left = await unknownOf();
  const reloaded = page({ storage: left.storage, now: () => NOW + 8 * HOUR, answers: [UNKNOWN, UNKNOWN] });
  await reloaded.payment.start(CONFIG);
  await reloaded.payment.settle();
  assert.equal(reloaded.payment.state, 'unknown');
  assert.ok(reloaded.sent.every(({ body }) => body.settle));
  assert.deepEqual(JSON.parse(reloaded.stored().attempt.body), left.sent[0].body, 'what the shopper would send again is kept as it was');
});

test('"Check again" is a press: the very same bytes', async () => {
  const left = await unknownOf();
  const reloaded = page({ storage: left.storage, answers: [UNKNOWN, PAID] });
  await reloaded.payment.start(CONFIG);
  await reloaded.payment.check();
  assert.equal(reloaded.payment.state, 'paid');
  assert.deepEqual(reloaded.sent[1].body, left.sent[0].body);
});

test('asking is followed like any answer', async () => {
  for (const [answer, state, isKept] of [[DECLINED, 'declined', true], [closed('checkout_expired'), 'not_attempted', false], [PAID, 'paid', false]]) {
    const left = await unknownOf();
    const reloaded = page({ storage: left.storage, answers: [answer] });
    await reloaded.payment.start(CONFIG);
    assert.deepEqual([reloaded.payment.state, reloaded.stored() !== null], [state, isKept]);
  }
});

test('asking opens no challenge: a frictionless one would be a charge', async () => {
  const left = await unknownOf();
  const reloaded = page({ storage: left.storage, answers: [ACTION] });
  await reloaded.payment.start(CONFIG);
  assert.deepEqual([reloaded.payment.state, reloaded.challenges, reloaded.payment.busy], ['action', [], false]);
});

test('a cancelling without an answer: after a reload it is asked about, and a press goes on with it', async () => {
  const left = page({ answers: [UNKNOWN, UNKNOWN] });
  await left.press();
  await left.payment.cancel();
  const reloaded = page({ storage: left.storage, answers: [UNKNOWN, closed('checkout_closed')] });
  await reloaded.payment.start(CONFIG);
  assert.deepEqual([reloaded.payment.state, reloaded.payment.detail.leaving], ['unknown', true]);
  assert.deepEqual([reloaded.sent[0].path, reloaded.sent[0].body], ['/api/payments/void', { publishable_key: 'pk_test_1', settle: true }]);
  await reloaded.payment.check();
  assert.deepEqual(reloaded.sent[1].body, { publishable_key: 'pk_test_1' });
  assert.deepEqual([reloaded.payment.state, reloaded.payment.detail.code], ['not_attempted', 'cancelled']);
});

test('nothing is asked where nothing is open, or while something is under way', async () => {
  const idle = page();
  await idle.payment.start(CONFIG);
  await idle.payment.settle();
  assert.equal(idle.sent.length, 0);
  const busy = page({ answers: [() => new Promise(() => {})] });
  busy.press();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await busy.payment.settle();
  assert.equal(busy.sent.length, 1);
});

test('a machine that slept while the card was checked: the press is long past, and nothing is sent', async () => {
  let now = NOW;
  const { press, payment, sent } = page({
    now: () => now,
    tokenize: async () => {
      now += 8 * HOUR;
      return { id: 'pm_1', brand: 'visa', last4: '4242' };
    },
  });
  await press();
  assert.deepEqual([payment.state, payment.detail.code, sent.length], ['not_attempted', 'no_service', 0]);
});
