// A PaymentIntent's life: create, confirm, retrieve, cancel, and what Stripe refuses on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payment, refusal, startSandbox, VERSION } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const browser = sandbox.client(sandbox.publishableKey);
const VISA = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };

for (const currency of ['usd', 'cad']) {
  test(`create and confirm in one call charges ${currency}`, async () => {
    const intent = await stripe.paymentIntents.create(payment({ currency, metadata: { order: '17' }, receipt_email: 'jenny@example.com' }));
    assert.match(intent.id, /^pi_[A-Za-z0-9]+$/);
    assert.match(intent.client_secret, new RegExp(`^${intent.id}_secret_[A-Za-z0-9]+$`));
    assert.deepEqual(
      [intent.status, intent.amount, intent.amount_received, intent.currency, intent.livemode, intent.receipt_email],
      ['succeeded', 1099, 1099, currency, false, 'jenny@example.com'],
    );
    assert.deepEqual(intent.metadata, { order: '17' });
    assert.match(intent.latest_charge, /^ch_/);
    assert.match(intent.lastResponse.requestId, /^req_/);
    assert.equal(intent.lastResponse.apiVersion, VERSION);
  });
}

test('create, then confirm', async () => {
  const created = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method_types: ['card'] });
  assert.equal(created.status, 'requires_payment_method');
  assert.equal(created.latest_charge, null);
  const confirmed = await stripe.paymentIntents.confirm(created.id, { payment_method: 'pm_card_visa', error_on_requires_action: true });
  assert.deepEqual([confirmed.id, confirmed.status, confirmed.amount_received], [created.id, 'succeeded', 500]);
});

test('each use of a test PaymentMethod makes a fresh one', async () => {
  const [first, second] = [await stripe.paymentIntents.create(payment()), await stripe.paymentIntents.create(payment())];
  assert.match(first.payment_method, /^pm_[A-Za-z0-9]+$/);
  assert.notEqual(first.payment_method, second.payment_method);
});

test('retrieve with expand shows charge and card', async () => {
  const { id } = await stripe.paymentIntents.create(payment({ statement_descriptor_suffix: 'ORDER 17' }));
  const plain = await stripe.paymentIntents.retrieve(id);
  const expanded = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge', 'payment_method'] });
  assert.deepEqual([expanded.latest_charge.id, expanded.payment_method.id], [plain.latest_charge, plain.payment_method]);
  assert.deepEqual([expanded.latest_charge.paid, expanded.latest_charge.payment_intent], [true, id]);
  assert.deepEqual([expanded.payment_method.card.brand, expanded.payment_method.card.last4], ['visa', '4242']);
  assert.deepEqual(await stripe.charges.retrieve(plain.latest_charge), expanded.latest_charge);
  assert.deepEqual(await stripe.paymentMethods.retrieve(plain.payment_method), expanded.payment_method);
  const missing = await refusal(stripe.paymentIntents.retrieve(id, { expand: ['shopper'] }));
  assert.deepEqual([missing.type, missing.statusCode], ['StripeInvalidRequestError', 400]);
});

test('create can expand too', async () => {
  const intent = await stripe.paymentIntents.create(payment({ expand: ['latest_charge'] }));
  assert.equal(intent.latest_charge.status, 'succeeded');
});

test('cancel is final', async () => {
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method_types: ['card'] });
  const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
  assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
  assert.ok(canceled.canceled_at >= canceled.created);
  for (const attempt of [
    () => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', error_on_requires_action: true }),
    () => stripe.paymentIntents.cancel(id),
  ]) {
    const error = await refusal(attempt());
    assert.deepEqual([error.statusCode, error.code], [400, 'payment_intent_unexpected_state']);
    assert.deepEqual([error.payment_intent.id, error.payment_intent.status], [id, 'canceled']);
  }
});

test('an intent that has succeeded is neither confirmed nor canceled: unexpected state, with the intent', async () => {
  const { id } = await stripe.paymentIntents.create(payment());
  for (const attempt of [
    () => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_mastercard', error_on_requires_action: true }),
    () => stripe.paymentIntents.cancel(id),
  ]) {
    const error = await refusal(attempt());
    assert.deepEqual([error.type, error.statusCode], ['StripeInvalidRequestError', 400]);
    assert.equal(error.code, 'payment_intent_unexpected_state');
    assert.deepEqual([error.payment_intent.id, error.payment_intent.status], [id, 'succeeded']);
  }
});

test('a PaymentMethod without a customer is used once', async () => {
  const { id } = await browser.paymentMethods.create({ type: 'card', card: VISA });
  assert.equal((await stripe.paymentIntents.create(payment({ payment_method: id }))).status, 'succeeded');
  const error = await refusal(stripe.paymentIntents.create(payment({ payment_method: id })));
  assert.deepEqual([error.type, error.statusCode], ['StripeInvalidRequestError', 400]);
  assert.match(error.message, /may not be used again/);
});

test('the publishable key makes PaymentMethods that keep the billing details and hide the number', async () => {
  const billing_details = { name: 'Jenny Rosen', email: 'jenny@example.com', address: { postal_code: '94107', country: 'US' } };
  const made = await browser.paymentMethods.create({ type: 'card', card: VISA, billing_details });
  const { id } = await stripe.paymentIntents.create(payment({ payment_method: made.id }));
  const { payment_method: used } = await stripe.paymentIntents.retrieve(id, { expand: ['payment_method'] });
  assert.equal(used.id, made.id);
  assert.deepEqual([used.billing_details.email, used.billing_details.address.postal_code], ['jenny@example.com', '94107']);
  assert.deepEqual([used.card.exp_month, used.card.exp_year], [12, 2034]);
  assert.doesNotMatch(JSON.stringify(used), /4242424242424242|"cvc":/);
});

const refused = [
  ['a missing amount', { amount: undefined }, 'parameter_missing', 'amount'],
  ['a missing currency', { currency: undefined }, 'parameter_missing', 'currency'],
  ['an unknown parameter', { colour: 'red' }, 'parameter_unknown', 'colour'],
  ['an amount that is no integer', { amount: '10.99' }, 'parameter_invalid_integer', 'amount'],
  ['less than 50 cents', { amount: 49 }, 'amount_too_small', 'amount'],
  ['less than 50 Canadian cents', { amount: 49, currency: 'cad' }, 'amount_too_small', 'amount'],
  ['more than 99999999', { amount: 100_000_000 }, 'amount_too_large', 'amount'],
  ['an unknown PaymentMethod', { payment_method: 'pm_none' }, 'resource_missing', 'payment_method'],
  ['a full statement descriptor for a card', { statement_descriptor: 'TILL' }, undefined, 'statement_descriptor'],
  ['51 metadata keys', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, key) => [`key${key}`, 'value'])) }, undefined, 'metadata'],
  ['a metadata key of 41 characters', { metadata: { ['k'.repeat(41)]: 'value' } }, undefined, 'metadata'],
  ['a metadata value of 501 characters', { metadata: { key: 'v'.repeat(501) } }, undefined, 'metadata'],
];
for (const [what, changes, code, param] of refused) {
  test(`refused: ${what}`, async () => {
    const error = await refusal(stripe.paymentIntents.create(payment(changes)));
    assert.deepEqual([error.type, error.rawType, error.statusCode], ['StripeInvalidRequestError', 'invalid_request_error', 400]);
    if (code) assert.equal(error.code, code);
    assert.equal(error.param?.replace(/\[.*/, ''), param);
    assert.match(error.requestId, /^req_/);
  });
}

test('the limits themselves are fine', async () => {
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`${key}`.padEnd(40, 'k'), 'v'.repeat(500)]));
  const intent = await stripe.paymentIntents.create(payment({ amount: 99_999_999, metadata }));
  assert.deepEqual([intent.amount_received, Object.keys(intent.metadata).length], [99_999_999, 50]);
  assert.equal((await stripe.paymentIntents.create(payment({ amount: 50 }))).status, 'succeeded');
});

test('what does not exist is a 404 resource_missing', async () => {
  for (const [kind, id] of [['paymentIntents', 'pi_none'], ['charges', 'ch_none'], ['paymentMethods', 'pm_none']]) {
    const error = await refusal(stripe[kind].retrieve(id));
    assert.deepEqual([error.type, error.statusCode, error.code], ['StripeInvalidRequestError', 404, 'resource_missing']);
  }
});
