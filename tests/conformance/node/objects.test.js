// Every object field by field: Stripe's own example has no key that is missing here, no type that differs,
// and Stripe's TypeScript declarations of the pinned version accept each object as a literal (nothing missing, nothing made up).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { fixture, payment, refusal, startSandbox, VERSION } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const examples = fixture('objects.json');
// Null on a real fresh object; the example's values are placeholders (fixtures/README.md).
const PLACEHOLDERS = ['last_payment_error', 'next_action', 'processing', 'shipping', 'transfer_data'];
const FREE_FORM = ['metadata', 'fraud_details'];
const expand = ['latest_charge', 'payment_method'];

const objects = {};
const errors = {};
before(async () => {
  const open = await stripe.paymentIntents.create({ amount: 1099, currency: 'usd', payment_method_types: ['card'] });
  const paid = await stripe.paymentIntents.create(payment({ metadata: { order: '17' }, receipt_email: 'jenny@example.com', description: 'Till' }));
  const declined = await refusal(stripe.paymentIntents.create(payment({ payment_method: 'pm_card_visa_chargeDeclined' })));
  const unauthenticated = await refusal(stripe.paymentIntents.create(payment({ payment_method: 'pm_card_authenticationRequired' })));
  const browser = sandbox.client(sandbox.publishableKey);
  const card = { number: '5555555555554444', exp_month: 1, exp_year: 2035, cvc: '321' };
  const asked = await stripe.paymentIntents.create(
    payment({ payment_method: 'pm_card_authenticationRequired', confirmation_method: 'manual', error_on_requires_action: undefined, use_stripe_sdk: true }),
  );
  const end = (result) => fetch(`${sandbox.url}/_sandbox/3ds/${asked.id}`, { method: 'POST', body: new URLSearchParams({ client_secret: asked.client_secret, result }) });
  await end('fail');
  const failed = await stripe.paymentIntents.retrieve(asked.id);
  await stripe.paymentIntents.confirm(asked.id, { payment_method: 'pm_card_authenticationRequired' });
  await end('complete');
  const authenticated = await stripe.paymentIntents.confirm(asked.id);
  const toRefund = await stripe.paymentIntents.create(payment());
  const refund = await stripe.refunds.create({ payment_intent: toRefund.id });
  const toCancel = await stripe.paymentIntents.create({ amount: 500, currency: 'cad', payment_method_types: ['card'] });

  Object.assign(objects, {
    open,
    paid,
    expanded: await stripe.paymentIntents.retrieve(paid.id, { expand }),
    declined: declined.payment_intent,
    unauthenticated: unauthenticated.payment_intent,
    asked,
    failed,
    canceled: await stripe.paymentIntents.cancel(toCancel.id),
    listed: (await stripe.paymentIntents.list({ limit: 1 })).data[0],
    charge: await stripe.charges.retrieve(paid.latest_charge),
    authenticatedCharge: await stripe.charges.retrieve(authenticated.latest_charge),
    failedCharge: await stripe.charges.retrieve(declined.charge),
    paymentMethod: await stripe.paymentMethods.retrieve(paid.payment_method),
    declinedPaymentMethod: declined.payment_method,
    refund,
    refundedCharge: await stripe.charges.retrieve(toRefund.latest_charge),
    newPaymentMethod: await browser.paymentMethods.create({ type: 'card', card, billing_details: { email: 'jenny@example.com' } }),
  });
  Object.assign(errors, {
    declined: declined.raw,
    unauthenticated: unauthenticated.raw,
    invalid: (await refusal(stripe.paymentIntents.create(payment({ amount: 1 })))).raw,
    unexpectedState: (await refusal(stripe.paymentIntents.cancel(paid.id))).raw,
  });
});

/** Where `actual` lacks a key of `example` or holds another type; a null on either side says nothing about the type. */
function differences(example, actual, path) {
  if (actual === undefined) return [`${path} is missing`];
  if (example === null || actual === null) return [];
  if (actual.object && actual.object !== example.object) {
    return examples[actual.object] ? differences(examples[actual.object], actual, path) : [`${path} is of an unknown kind`];
  }
  const kind = (value) => (Array.isArray(value) ? 'array' : typeof value);
  if (kind(example) !== kind(actual)) return [`${path} is of type ${kind(actual)}, not ${kind(example)}`];
  if (kind(example) !== 'object' || FREE_FORM.includes(path.split('.').at(-1))) return [];
  return Object.keys(example).flatMap((key) => differences(example[key], actual[key], `${path}.${key}`));
}

test("every key of Stripe's examples is there, with its type", () => {
  const exemplified = Object.entries(objects).filter(([, object]) => examples[object.object]);
  const found = exemplified.flatMap(([name, object]) => differences(examples[object.object], object, name));
  assert.deepEqual(found, []);
});

test('a fresh intent has null where the example has placeholders', () => {
  const fresh = Object.fromEntries(PLACEHOLDERS.map((key) => [key, objects.open[key]]));
  assert.deepEqual(fresh, Object.fromEntries(PLACEHOLDERS.map((key) => [key, null])));
});

test(`Stripe's own types of ${VERSION} accept every object and error`, { timeout: 120_000 }, async () => {
  const types = { payment_intent: 'PaymentIntent', charge: 'Charge', payment_method: 'PaymentMethod', refund: 'Refund' };
  const folder = new URL('../test-results/', import.meta.url);
  const lines = [
    "import type Stripe from 'stripe-dahlia';",
    'type RawError = NonNullable<ConstructorParameters<typeof Stripe.errors.StripeError>[0]>;',
  ];
  for (const [name, object] of Object.entries(objects)) {
    lines.push(`export const ${name}: Stripe.${types[object.object]} = ${JSON.stringify(object, null, 1)};`);
  }
  for (const [name, { headers, statusCode, requestId, ...error }] of Object.entries(errors)) {
    lines.push(`export const ${name}Error: RawError = ${JSON.stringify(error, null, 1)};`);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('objects.ts', folder), lines.join('\n'));
  const compiler = ['node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', 'test-results/objects.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, compiler, { cwd: new URL('..', import.meta.url) }).catch((failed) => failed);
  assert.equal(stdout, '');
});
