// One key, one execution: what is kept under it, what is not, and what a second request meets.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const HOUR = 3_600_000;
const sandbox = await startSandbox();
const stripe = sandbox.client();
const create = (idempotencyKey, changes, client = stripe) => client.paymentIntents.create(payment(changes), { idempotencyKey });
/** What the next POST for a PaymentIntent meets. */
const next = (fault) => sandbox.control('PUT', 'faults', [{ match: { method: 'POST', path: '/v1/payment_intents*', times: 1 }, fault }]);
const replayed = (headers) => headers['idempotent-replayed'];

/** How often this key has been executed, by what Stripe lists. */
async function intentsOf(key) {
  const all = await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return all.filter((intent) => intent.metadata.key === key).length;
}
const keyed = () => {
  const key = randomUUID();
  return [key, { metadata: { key } }];
};

test('the same request under the same key is replayed, and charged once', async () => {
  const [key, changes] = keyed();
  const [first, second] = [await create(key, changes), await create(key, changes)];
  assert.deepEqual({ ...second }, { ...first });
  assert.equal(replayed(first.lastResponse.headers), undefined);
  assert.equal(replayed(second.lastResponse.headers), 'true');
  assert.equal(await intentsOf(key), 1);
});

test('a decline is kept: replayed as the same CardError', async () => {
  const [key, changes] = keyed();
  const attempt = () => refusal(create(key, { ...changes, payment_method: 'pm_card_visa_chargeDeclined' }));
  const [first, second] = [await attempt(), await attempt()];
  assert.deepEqual([second.type, second.code, second.charge], ['StripeCardError', first.code, first.charge]);
  assert.deepEqual(second.payment_intent, first.payment_intent);
  assert.equal(replayed(second.headers), 'true');
  assert.equal(await intentsOf(key), 1);
});

test('a replay tells what was, not what is: the saved decline survives a later success', async () => {
  const [key, changes] = keyed();
  const attempt = () => refusal(create(key, { ...changes, payment_method: 'pm_card_visa_chargeDeclined' }));
  const { payment_intent } = await attempt();
  await stripe.paymentIntents.confirm(payment_intent.id, { payment_method: 'pm_card_visa', error_on_requires_action: true });
  assert.equal((await attempt()).payment_intent.status, 'requires_payment_method');
  assert.equal((await stripe.paymentIntents.retrieve(payment_intent.id)).status, 'succeeded');
});

test('a validation error is not kept', async () => {
  const [key, changes] = keyed();
  assert.equal((await refusal(create(key, { ...changes, amount: undefined }))).statusCode, 400);
  const corrected = await create(key, changes);
  assert.deepEqual([corrected.status, replayed(corrected.lastResponse.headers)], ['succeeded', undefined]);
});

test('a refused key is not kept', async () => {
  const [key, changes] = keyed();
  assert.equal((await refusal(create(key, changes, sandbox.client('sk_test_unknown')))).statusCode, 401);
  assert.equal(replayed((await create(key, changes)).lastResponse.headers), undefined);
});

test('other parameters under the same key: idempotency_error', async () => {
  const [key, changes] = keyed();
  await create(key, changes);
  const error = await refusal(create(key, { ...changes, amount: 2099 }));
  assert.deepEqual([error.type, error.rawType, error.statusCode], ['StripeIdempotencyError', 'idempotency_error', 400]);
  assert.equal(await intentsOf(key), 1);
});

test('another path under the same key: idempotency_error', async () => {
  const [key, changes] = keyed();
  const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method_types: ['card'] });
  await create(key, changes);
  const confirm = { payment_method: 'pm_card_visa', error_on_requires_action: true };
  assert.equal((await refusal(stripe.paymentIntents.confirm(open.id, confirm, { idempotencyKey: key }))).type, 'StripeIdempotencyError');
});

test('the order of the parameters does not matter', async () => {
  const [key, changes] = keyed();
  const parameters = payment(changes);
  const turned = Object.fromEntries(Object.entries(parameters).reverse());
  const first = await stripe.paymentIntents.create(parameters, { idempotencyKey: key });
  const second = await stripe.paymentIntents.create(turned, { idempotencyKey: key });
  assert.equal(second.id, first.id);
});

test('two at once: the second is told that the key is in use', async () => {
  const [key, changes] = keyed();
  await next({ delay: { ms: 1500 } });
  const outcomes = await Promise.allSettled([create(key, changes), create(key, changes)]);
  const [charged] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  const [turnedAway] = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(charged.value.status, 'succeeded');
  assert.deepEqual([turnedAway.reason.statusCode, turnedAway.reason.code], [409, 'idempotency_key_in_use']);
  // The 409 itself was not kept: the key answers with the charge.
  assert.equal((await create(key, changes)).id, charged.value.id);
  assert.equal(await intentsOf(key), 1);
});

test("the SDK's own retries turn two at once into one charge", async () => {
  const [key, changes] = keyed();
  await next({ delay: { ms: 700 } });
  const patient = sandbox.client(undefined, { maxNetworkRetries: 5 });
  const [one, other] = await Promise.all([create(key, changes, patient), create(key, changes, patient)]);
  assert.equal(one.id, other.id);
  assert.equal(await intentsOf(key), 1);
});

test('two keys at once on one intent: lock_timeout for the second, one charge', async () => {
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method_types: ['card'] });
  await next({ delay: { ms: 1500 } });
  const card = { payment_method: 'pm_card_visa', error_on_requires_action: true };
  const keys = [randomUUID(), randomUUID()];
  const confirm = (idempotencyKey) => stripe.paymentIntents.confirm(id, card, { idempotencyKey });
  const outcomes = await Promise.allSettled(keys.map(confirm));
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
  const turnedAway = outcomes.findIndex((outcome) => outcome.status === 'rejected');
  const { reason } = outcomes[turnedAway];
  assert.deepEqual([reason.type, reason.code, reason.statusCode], ['StripeRateLimitError', 'lock_timeout', 429]);
  // The 429 was not kept: the same key is executed now, and finds the intent paid.
  assert.equal((await refusal(confirm(keys[turnedAway]))).code, 'payment_intent_unexpected_state');
});

test('a 500 is kept, whatever it has done', async () => {
  const [key, changes] = keyed();
  await next('error_executed');
  const [first, second] = [await refusal(create(key, changes)), await refusal(create(key, changes))];
  assert.deepEqual([first.type, first.statusCode], ['StripeAPIError', 500]);
  assert.deepEqual([second.statusCode, replayed(second.headers)], [500, 'true']);
  assert.equal(await intentsOf(key), 1);
});

test('a 429 is not kept', async () => {
  const [key, changes] = keyed();
  await next('rate_limited');
  assert.equal((await refusal(create(key, changes))).type, 'StripeRateLimitError');
  const paid = await create(key, changes);
  assert.deepEqual([paid.status, replayed(paid.lastResponse.headers)], ['succeeded', undefined]);
});

test('a key has at most 255 characters', async () => {
  assert.equal((await create('k'.repeat(255))).status, 'succeeded');
  const error = await refusal(create('k'.repeat(256)));
  assert.deepEqual([error.type, error.statusCode], ['StripeInvalidRequestError', 400]);
});

// Last: from here on, the sandbox's clock is more than a day ahead.
test('a key is kept for 24 hours', async () => {
  const [key, changes] = keyed();
  const first = await create(key, changes);
  await sandbox.control('POST', 'clock', { advance_ms: 24 * HOUR - 60_000 });
  assert.equal((await create(key, changes)).id, first.id);
  await sandbox.control('POST', 'clock', { advance_ms: 2 * 60_000 });
  const later = await create(key, changes);
  assert.notEqual(later.id, first.id);
  assert.ok(later.created - first.created >= 24 * 3600);
  assert.equal(await intentsOf(key), 2);
});
