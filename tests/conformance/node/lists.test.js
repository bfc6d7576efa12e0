// Listing PaymentIntents: newest first, by pages, by time.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const made = [];

before(async () => {
  for (let n = 0; n < 25; n += 1) {
    const intent = await stripe.paymentIntents.create(payment({ amount: 1000 + n }));
    made.unshift(intent);
    await sandbox.control('POST', 'clock', { advance_ms: 1000 });
  }
});
const ids = (intents) => intents.map(({ id }) => id);

test('ten by default, newest first, with has_more', async () => {
  const page = await stripe.paymentIntents.list();
  assert.deepEqual([page.object, page.url, page.has_more], ['list', '/v1/payment_intents', true]);
  assert.deepEqual(ids(page.data), ids(made.slice(0, 10)));
  assert.deepEqual(page.data[0], { ...made[0] });
});

test('auto-paging walks every page, each intent once', async () => {
  const seen = [];
  for await (const intent of stripe.paymentIntents.list({ limit: 4 })) seen.push(intent.id);
  assert.deepEqual(seen, ids(made));
});

test('starting_after and ending_before', async () => {
  const after = await stripe.paymentIntents.list({ limit: 3, starting_after: made[4].id });
  assert.deepEqual([ids(after.data), after.has_more], [ids(made.slice(5, 8)), true]);
  const before = await stripe.paymentIntents.list({ limit: 3, ending_before: made[4].id });
  assert.deepEqual(ids(before.data), ids(made.slice(1, 4)));
});

test('the last page has no more', async () => {
  const page = await stripe.paymentIntents.list({ limit: 100 });
  assert.deepEqual([page.data.length, page.has_more], [25, false]);
});

test('created[gte], [gt], [lte] and [lt] bound the time', async () => {
  const [newer, older] = [made[5].created, made[9].created];
  const within = async (created) => ids((await stripe.paymentIntents.list({ created, limit: 100 })).data);
  assert.deepEqual(await within({ gte: older, lte: newer }), ids(made.slice(5, 10)));
  assert.deepEqual(await within({ gt: older, lt: newer }), ids(made.slice(6, 9)));
  assert.deepEqual(await within(newer), [made[5].id]);
});

test('a limit out of 1…100 is refused', async () => {
  for (const limit of [0, 101]) {
    const error = await refusal(stripe.paymentIntents.list({ limit }));
    assert.deepEqual([error.type, error.statusCode, error.param], ['StripeInvalidRequestError', 400, 'limit']);
  }
});
