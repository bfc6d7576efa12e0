// What the version of a request decides: payment_method_types and error_on_requires_action.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { payment, refusal, startSandbox, VERSION } from './sandbox.js';

const sandbox = await startSandbox();
const at = (apiVersion) => sandbox.client(undefined, { apiVersion });
const invalid = (error) => assert.deepEqual([error.type, error.statusCode], ['StripeInvalidRequestError', 400]);

test("the pinned version takes the guide's flag with payment_method_types, and is echoed", async () => {
  const intent = await at(VERSION).paymentIntents.create(payment());
  assert.deepEqual([intent.status, intent.payment_method_types], ['succeeded', ['card']]);
  assert.equal(intent.lastResponse.headers['stripe-version'], VERSION);
});

test('dynamic payment methods refuse the flag', async () => {
  const error = await refusal(at(VERSION).paymentIntents.create(payment({ payment_method_types: undefined })));
  invalid(error);
  assert.equal(error.param, 'error_on_requires_action');
});

test('confirming with dynamic payment methods asks for a return_url', async () => {
  const changes = { payment_method_types: undefined, error_on_requires_action: undefined };
  const error = await refusal(at(VERSION).paymentIntents.create(payment(changes)));
  invalid(error);
  assert.match(error.message, /return_url/);
});

test('before 2023-08-16 the flag needs no payment_method_types', async () => {
  const intent = await at('2022-11-15').paymentIntents.create(payment({ payment_method_types: undefined }));
  assert.deepEqual([intent.status, intent.payment_method_types], ['succeeded', ['card']]);
});

for (const endive of ['2026-09-30.endive', Stripe.API_VERSION]) {
  test(`${endive} no longer takes payment_method_types`, async () => {
    assert.match(endive, /\.endive$/);
    const error = await refusal(at(endive).paymentIntents.create(payment()));
    invalid(error);
    assert.deepEqual([error.code, error.param], ['payment_method_types_no_longer_supported', 'payment_method_types']);
  });
}

test('a version that never was is refused', async () => {
  invalid(await refusal(at('2026-02-30.durian').paymentIntents.create(payment())));
});
