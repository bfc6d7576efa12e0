// Updating a PaymentIntent, paid or not: how a merchant's own tool copies or removes metadata.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();

test('metadata of a paid intent are merged, and removed by an empty value', async () => {
  const { id } = await stripe.paymentIntents.create(payment({ metadata: { a: '1', b: '2' } }));
  const merged = await stripe.paymentIntents.update(id, { metadata: { b: '', c: '3' } });
  assert.deepEqual([merged.status, merged.metadata], ['succeeded', { a: '1', c: '3' }]);
  assert.deepEqual((await stripe.paymentIntents.update(id, { metadata: '' })).metadata, {});
});

test('search finds copied metadata, and no removed ones', async () => {
  const [paid, other] = [await stripe.paymentIntents.create(payment({ metadata: { order: '17' } })), await stripe.paymentIntents.create(payment())];
  await stripe.paymentIntents.update(other.id, { metadata: paid.metadata });
  const found = async () => (await stripe.paymentIntents.search({ query: "metadata['order']:'17'" })).data.map(({ id }) => id);
  assert.deepEqual(await found(), [other.id, paid.id]);
  await stripe.paymentIntents.update(paid.id, { metadata: { order: '' } });
  assert.deepEqual(await found(), [other.id]);
});

test('description and receipt_email; nothing else is taken', async () => {
  const { id } = await stripe.paymentIntents.create(payment());
  const updated = await stripe.paymentIntents.update(id, { description: 'Order 17', receipt_email: 'jenny@example.com' });
  assert.deepEqual([updated.description, updated.receipt_email], ['Order 17', 'jenny@example.com']);
  const error = await refusal(stripe.paymentIntents.update(id, { amount: 1 }));
  assert.deepEqual([error.statusCode, error.code, error.param], [400, 'sandbox_unsupported', 'amount']);
});
