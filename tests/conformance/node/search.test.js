// Searching PaymentIntents by metadata: what is found, by pages, and how far search lags behind.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const made = [];
const ids = (intents) => intents.map(({ id }) => id);

before(async () => {
  for (let n = 0; n < 7; n += 1) {
    made.unshift(await stripe.paymentIntents.create(payment({ metadata: { order: '17', part: `${n}` } })));
    await stripe.paymentIntents.create(payment({ metadata: { order: '18' } }));
  }
});

test('by one value of the metadata, newest first', async () => {
  const found = await stripe.paymentIntents.search({ query: "metadata['order']:'17'", limit: 3 });
  assert.deepEqual([found.object, found.url, found.has_more, typeof found.next_page], ['search_result', '/v1/payment_intents/search', true, 'string']);
  assert.deepEqual(ids(found.data), ids(made.slice(0, 3)));
  assert.deepEqual(found.data[0], { ...made[0] });
});

test('by several values at once, expanded', async () => {
  const found = await stripe.paymentIntents.search({ query: 'metadata["order"]:"17" AND metadata["part"]:"2"', expand: ['data.latest_charge'] });
  assert.deepEqual([ids(found.data), found.has_more, found.next_page], [[made[4].id], false, null]);
  assert.equal(found.data[0].latest_charge.paid, true);
});

test('auto-paging walks every page, each intent once', async () => {
  const seen = [];
  for await (const intent of stripe.paymentIntents.search({ query: "metadata['order']:'17'", limit: 3 })) seen.push(intent.id);
  assert.deepEqual(seen, ids(made));
});

test('a query that is none is refused', async () => {
  const error = await refusal(stripe.paymentIntents.search({ query: 'order 17' }));
  assert.deepEqual([error.type, error.statusCode, error.param], ['StripeInvalidRequestError', 400, 'query']);
});

test('a new intent is found as soon as the lag is over', async () => {
  await sandbox.control('PUT', 'behaviour', { search_lag_ms: 60_000 });
  const { id } = await stripe.paymentIntents.create(payment({ metadata: { order: '19' } }));
  const found = async () => ids((await stripe.paymentIntents.search({ query: "metadata['order']:'19'" })).data);
  assert.deepEqual(await found(), []);
  await sandbox.control('POST', 'clock', { advance_ms: 60_000 });
  assert.deepEqual(await found(), [id]);
});
