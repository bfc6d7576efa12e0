// What an earlier visit left is no obstacle to this one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIFETIME } from '../../../static-site/app/checkout.js';
import { CONFIG, DECLINED, NOW, PAID, UNKNOWN, closed, page } from './origin.js';

const MINUTE = 60_000;

async function declinedAgo(ms, answers) {
  const left = page({ answers: [DECLINED] });
  await left.press();
  const config = { ...CONFIG, serverNow: () => NOW + ms, latest: () => NOW + ms };
  const later = page({ storage: left.storage, answers, now: () => NOW + ms, serverNow: config.serverNow, configured: async () => config });
  await later.payment.start(config);
  return { ...later, left };
}

test('a decline of this visit is shown after a reload, and found', async () => {
  const { payment } = await declinedAgo(5 * MINUTE, []);
  assert.deepEqual([payment.state, payment.detail.found, payment.detail.code], ['declined', true, 'insufficient_funds']);
});

test('a decline of an earlier visit is not shown; the next card pays the same PaymentIntent', async () => {
  const { payment, press, sent, left } = await declinedAgo(31 * MINUTE, [PAID]);
  assert.equal(payment.state, 'idle');
  await press();
  assert.deepEqual([payment.state, sent[0].path, sent[0].key], ['paid', '/api/payments/pi_1/confirm', left.sent[0].key]);
});

test('a declined checkout past its life wastes no press: another is begun', async () => {
  const { payment, press, sent, left, stored } = await declinedAgo(LIFETIME + MINUTE, [PAID]);
  await press();
  assert.deepEqual([payment.state, sent.length, sent[0].path, sent[0].resend], ['paid', 1, '/api/payments', false]);
  assert.notEqual(sent[0].key, left.sent[0].key);
  assert.ok(stored('till.closed').includes(left.sent[0].key));
});

async function unknownFor(ms, answers) {
  const left = page({ answers: [UNKNOWN] });
  await left.press();
  const config = { ...CONFIG, serverNow: () => NOW + ms, latest: () => NOW + ms };
  const later = page({ storage: left.storage, answers, serverNow: config.serverNow, configured: async () => config });
  await later.payment.sync();
  return { ...later, config };
}

test('an unknown outcome can be given up only past its life, and after it was asked about once more', async () => {
  const young = await unknownFor(LIFETIME - MINUTE, [UNKNOWN]);
  await young.payment.start(young.config);
  young.payment.abandon();
  assert.deepEqual([young.payment.state, young.payment.expired, young.payment.mayAbandon], ['unknown', false, false]);

  const old = await unknownFor(LIFETIME + MINUTE, [UNKNOWN]);
  assert.deepEqual([old.payment.expired, old.payment.mayAbandon], [true, false]);
  old.payment.abandon();
  assert.equal(old.payment.state, 'unknown');
  await old.payment.start(old.config);
  assert.equal(old.payment.mayAbandon, true);
  old.payment.abandon();
  assert.deepEqual([old.payment.state, old.stored()], ['idle', null]);
});

test('past its life a check only asks; where it says that nothing was charged, there is nothing to give up', async () => {
  const { payment, sent, stored } = await unknownFor(LIFETIME + MINUTE, [closed('checkout_expired')]);
  await payment.check();
  assert.equal(sent[0].body.settle, true);
  assert.deepEqual([payment.state, payment.mayAbandon, stored()], ['not_attempted', false, null]);
});
