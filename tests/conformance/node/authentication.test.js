// The manual flow: the server creates, the shopper authenticates in Stripe.js, the server confirms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const browser = sandbox.client(sandbox.publishableKey);
const ASKS = '4000002760003184';
const DECLINED_AFTER_ALL = '4000008400001629';

/** Creates and confirms an intent with the card of that number. */
async function ask(number) {
  const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' };
  const { id } = await browser.paymentMethods.create({ type: 'card', card });
  const manual = { error_on_requires_action: undefined, confirmation_method: 'manual', use_stripe_sdk: true };
  const intent = await stripe.paymentIntents.create(payment({ ...manual, payment_method: id }));
  assert.deepEqual([intent.status, intent.confirmation_method, intent.payment_method], ['requires_action', 'manual', id]);
  assert.equal(intent.next_action.type, 'use_stripe_sdk');
  assert.equal(intent.latest_charge, null);
  return intent;
}

/** What the stand-in for Stripe.js does when the shopper has ended the challenge. */
async function authenticate({ id, client_secret }, result) {
  const body = new URLSearchParams({ client_secret, result });
  const response = await fetch(`${sandbox.url}/_sandbox/3ds/${id}`, { method: 'POST', body });
  assert.equal(response.status, 200);
  return response.json();
}

test('a completed challenge is charged by the confirm of the server, once', async () => {
  const asked = await ask(ASKS);
  const completed = await authenticate(asked, 'complete');
  assert.deepEqual([completed.status, completed.payment_method], ['requires_confirmation', asked.payment_method]);
  const paid = await stripe.paymentIntents.confirm(asked.id);
  assert.deepEqual([paid.status, paid.amount_received, paid.payment_method], ['succeeded', 1099, asked.payment_method]);
  const charge = await stripe.charges.retrieve(paid.latest_charge);
  assert.equal(charge.payment_method_details.card.three_d_secure.result, 'authenticated');
  const again = await refusal(stripe.paymentIntents.confirm(asked.id));
  assert.deepEqual([again.code, again.payment_intent.status], ['payment_intent_unexpected_state', 'succeeded']);
});

for (const result of ['fail', 'cancel']) {
  test(`${result}: the card is taken off, a confirm without another is out of order, another pays`, async () => {
    const asked = await ask(ASKS);
    await authenticate(asked, result);
    const { status, payment_method, next_action, last_payment_error } = await stripe.paymentIntents.retrieve(asked.id);
    assert.deepEqual([status, payment_method, next_action], ['requires_payment_method', null, null]);
    assert.equal(last_payment_error.code, 'payment_intent_authentication_failure');
    assert.equal(last_payment_error.payment_method.id, asked.payment_method);
    const early = await refusal(stripe.paymentIntents.confirm(asked.id));
    assert.deepEqual([early.statusCode, early.code], [400, 'payment_intent_unexpected_state']);
    const paid = await stripe.paymentIntents.confirm(asked.id, { payment_method: 'pm_card_visa', use_stripe_sdk: true });
    assert.deepEqual([paid.id, paid.status], [asked.id, 'succeeded']);
  });
}

test('a confirm before the challenge charges nothing', async () => {
  const asked = await ask(ASKS);
  const still = await stripe.paymentIntents.confirm(asked.id);
  assert.deepEqual([still.status, still.latest_charge], ['requires_action', null]);
});

test('a card may be authenticated and then declined', async () => {
  const asked = await ask(DECLINED_AFTER_ALL);
  await authenticate(asked, 'complete');
  const error = await refusal(stripe.paymentIntents.confirm(asked.id));
  assert.deepEqual([error.type, error.code, error.payment_intent.status], ['StripeCardError', 'card_declined', 'requires_payment_method']);
});

test('an hour after the challenge the attempt has expired', async () => {
  const asked = await ask(ASKS);
  await authenticate(asked, 'complete');
  await sandbox.control('POST', 'clock', { advance_ms: 3_600_000 });
  const { status, last_payment_error } = await stripe.paymentIntents.retrieve(asked.id);
  assert.equal(status, 'requires_payment_method');
  assert.equal(last_payment_error.code, 'payment_intent_payment_attempt_expired');
  assert.equal(last_payment_error.payment_method.id, asked.payment_method);
});

test('a browser reads a manual intent by its client_secret, and may not confirm it', async () => {
  const asked = await ask(ASKS);
  const { client_secret } = asked;
  const seen = await browser.paymentIntents.retrieve(asked.id, { client_secret });
  assert.deepEqual([seen.status, seen.metadata], ['requires_action', undefined]);
  const refused = await refusal(browser.paymentIntents.confirm(asked.id, { client_secret }));
  assert.deepEqual([refused.type, refused.statusCode], ['StripeInvalidRequestError', 400]);
  assert.match(refused.message, /cannot be confirmed using your publishable key/);
});
