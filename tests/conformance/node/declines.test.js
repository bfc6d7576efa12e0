// Every test card, by PaymentMethod and by number, as the SDK's own error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();
const stripe = sandbox.client();
const browser = sandbox.client(sandbox.publishableKey);

async function byNumber(number) {
  const card = { number, exp_month: 12, exp_year: 2034, cvc: number.startsWith('3') ? '1234' : '123' };
  return (await browser.paymentMethods.create({ type: 'card', card })).id;
}

for (const card of fixture('cards.json')) {
  const ways = { [card.payment_method]: async () => card.payment_method, [card.number]: () => byNumber(card.number) };
  for (const [way, paymentMethod] of Object.entries(ways)) {
    test(`${card.case} (${way}): ${card.decline_code ?? card.code ?? 'paid'}`, async () => {
      const attempt = stripe.paymentIntents.create(payment({ payment_method: await paymentMethod() }));
      await (card.code ? declined(card, await refusal(attempt)) : paid(card, await attempt));
    });
  }
}

async function paid(card, intent) {
  assert.equal(intent.status, 'succeeded');
  const details = (await stripe.charges.retrieve(intent.latest_charge)).payment_method_details.card;
  assert.deepEqual([details.brand, details.last4, details.country], [card.brand, card.number.slice(-4), card.country ?? 'US']);
}

async function declined(card, error) {
  assert.deepEqual([error.type, error.rawType, error.statusCode], ['StripeCardError', 'card_error', 402]);
  assert.deepEqual([error.code, error.raw.decline_code ?? null], [card.code, card.decline_code]);
  if (card.message) assert.equal(error.message, card.message);
  assert.ok(error.message);
  assert.match(error.doc_url, /^https:\/\/(docs\.)?stripe\.com\//);
  assert.deepEqual([error.payment_method.card.brand, error.payment_method.card.last4], [card.brand, card.number.slice(-4)]);

  // The intent inside the error is the intent that a fresh read shows: unpaid, open, and saying why.
  const intent = await stripe.paymentIntents.retrieve(error.payment_intent.id);
  assert.deepEqual({ ...intent }, error.payment_intent);
  assert.deepEqual([intent.status, intent.amount_received, intent.payment_method], ['requires_payment_method', 0, null]);
  const last = intent.last_payment_error;
  assert.deepEqual([last.type, last.code, last.decline_code ?? null], ['card_error', card.code, card.decline_code]);
  assert.equal(last.payment_method.id, error.payment_method.id);
  if (card.code === 'authentication_required') return;

  const charge = await stripe.charges.retrieve(error.charge);
  assert.equal(intent.latest_charge, error.charge);
  assert.deepEqual([charge.status, charge.paid, charge.failure_code], ['failed', false, card.code]);
}

test('another card on the same intent pays it, once', async () => {
  const error = await refusal(stripe.paymentIntents.create(payment({ payment_method: 'pm_card_visa_chargeDeclined' })));
  const paid = await stripe.paymentIntents.confirm(error.payment_intent.id, { payment_method: 'pm_card_visa', error_on_requires_action: true });
  assert.deepEqual([paid.id, paid.status, paid.last_payment_error], [error.payment_intent.id, 'succeeded', null]);
  assert.notEqual(paid.latest_charge, error.charge);
});

test('a bad number makes no PaymentMethod', async () => {
  const error = await refusal(byNumber('4242424242424241'));
  assert.deepEqual([error.type, error.statusCode, error.code], ['StripeCardError', 402, 'incorrect_number']);
});
