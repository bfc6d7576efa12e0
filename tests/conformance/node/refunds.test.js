// Refunds by the official SDK: whole, in parts, too much, and by whom.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const expand = ['latest_charge'];

test('in parts, until nothing is left; shown on the charge', async () => {
  const { id } = await stripe.paymentIntents.create(payment());
  const part = await stripe.refunds.create({ payment_intent: id, amount: 99, reason: 'requested_by_customer', metadata: { order: '17' } });
  assert.match(part.id, /^re_/);
  assert.deepEqual([part.object, part.amount, part.status, part.reason, part.payment_intent], ['refund', 99, 'succeeded', 'requested_by_customer', id]);
  const after = (await stripe.paymentIntents.retrieve(id, { expand })).latest_charge;
  assert.deepEqual([after.amount_refunded, after.refunded, part.charge], [99, false, after.id]);
  assert.equal((await stripe.refunds.create({ payment_intent: id })).amount, 1000);
  const all = (await stripe.paymentIntents.retrieve(id, { expand })).latest_charge;
  assert.deepEqual([all.amount_refunded, all.refunded, all.status], [1099, true, 'succeeded']);
  const again = await refusal(stripe.refunds.create({ payment_intent: id }));
  assert.deepEqual([again.type, again.statusCode, again.code], ['StripeInvalidRequestError', 400, 'charge_already_refunded']);
});

test('more than is left: refused by name', async () => {
  const { id } = await stripe.paymentIntents.create(payment());
  const error = await refusal(stripe.refunds.create({ payment_intent: id, amount: 1100 }));
  assert.deepEqual([error.type, error.statusCode, error.param], ['StripeInvalidRequestError', 400, 'amount']);
});

test('a restricted key neither refunds nor expands a charge: StripePermissionError', async () => {
  const restricted = sandbox.client(sandbox.restrictedKey);
  const { id } = await restricted.paymentIntents.create(payment());
  for (const attempt of [
    () => restricted.refunds.create({ payment_intent: id }),
    () => restricted.paymentIntents.retrieve(id, { expand }),
    () => restricted.paymentIntents.list({ expand: ['data.latest_charge'] }),
  ]) {
    const error = await refusal(attempt());
    assert.deepEqual([error.type, error.statusCode], ['StripePermissionError', 403]);
    assert.match(error.message, /Having the 'rak_charge_(read|write)' permission/);
  }
  assert.equal((await restricted.paymentIntents.retrieve(id)).status, 'succeeded');
});
