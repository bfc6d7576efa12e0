import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { declineWords, isUncharged, tokenizeFault } from '../../../static-site/app/card-errors.js';
import { LANGUAGES } from '../../../static-site/app/words.js';

const root = join(import.meta.dirname, '../../..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const entries = Object.fromEntries(LANGUAGES.map((language) => [language, JSON.parse(read(`static-site/words/${language}.json`))]));

/** Words of their own → advice → codes. */
const OWN = {
  number: { correct_details: ['incorrect_number', 'invalid_number'] },
  cvc: { correct_details: ['incorrect_cvc', 'invalid_cvc'] },
  expiry: { correct_details: ['invalid_expiry_month', 'invalid_expiry_year'] },
  postal: { correct_details: ['incorrect_zip'] },
  expired: { use_another_card: ['expired_card'] },
  funds: { use_another_card: ['insufficient_funds'] },
  limit: { use_another_card: ['withdrawal_count_limit_exceeded', 'card_velocity_exceeded'] },
  currency: { use_another_card: ['currency_not_supported'] },
  authentication: { use_another_card: ['authentication_required', 'authentication_not_handled', 'requires_action_not_handled', 'payment_intent_action_required'] },
  duplicate: { try_again: ['duplicate_transaction'] },
  unconfirmed: { use_another_card: ['payment_intent_authentication_failure'], try_again: ['payment_intent_payment_attempt_expired'] },
};
const ADVICE = ['correct_details', 'use_another_card', 'try_again', 'contact_issuer'];
const PLAIN = ['call_issuer', 'do_not_honor', 'generic_decline', 'card_declined', 'processing_error', 'card_not_supported', 'incorrect_pin', 'a_code_of_tomorrow', 'constructor'];

test('a decline is told in words of its own where its code has them, else by its advice', () => {
  for (const [words, byAdvice] of Object.entries(OWN)) {
    for (const [advice, codes] of Object.entries(byAdvice)) for (const code of codes) assert.equal(declineWords({ code, advice }), `decline.${words}`, code);
    for (const language of LANGUAGES) assert.ok(entries[language][`decline.${words}`], language);
  }
  for (const code of PLAIN) for (const advice of ADVICE) assert.equal(declineWords({ code, advice }), `decline.${advice}`);
  for (const language of LANGUAGES) for (const advice of ADVICE) assert.ok(entries[language][`decline.${advice}`]);
});

test('the words never contradict the advice that came with the code', () => {
  assert.equal(declineWords({ code: 'duplicate_transaction', advice: 'contact_issuer' }), 'decline.contact_issuer');
  assert.equal(declineWords({ code: 'expired_card', advice: 'try_again' }), 'decline.try_again');
});

test('the function gives each code the advice that the page’s own words give', () => {
  const source = read('functions/payments/src/decline.rs');
  const arms = [...source.matchAll(/((?:"\w+"\s*\|?\s*)+)=>\s*\{?\s*\(Advice::(\w+)/g)];
  const advised = Object.fromEntries(arms.flatMap(([, codes, advice]) => [...codes.matchAll(/"(\w+)"/g)].map(([, code]) => [code, advice.replace(/\B[A-Z]/g, '_$&').toLowerCase()])));
  assert.ok(Object.keys(advised).length > 20);
  for (const byAdvice of Object.values(OWN)) for (const [advice, codes] of Object.entries(byAdvice)) for (const code of codes) assert.equal(advised[code] ?? 'contact_issuer', advice, code);
});

test('"you have not been charged" is not said beside a duplicate: the bank has seen another payment', () => {
  assert.equal(isUncharged({ code: 'duplicate_transaction' }), false);
  for (const code of ['insufficient_funds', 'card_declined', undefined]) assert.equal(isUncharged({ code }), true);
});

test('while the card is checked: what the shopper can correct is told at its field', () => {
  const faults = [
    [{ type: 'invalid_request_error', code: 'email_invalid', param: 'billing_details[email]' }, 'field.email.wrong'],
    [{ type: 'invalid_request_error', code: 'parameter_invalid_empty', param: 'billing_details[email]' }, 'field.email.wrong'],
    [{ type: 'invalid_request_error', code: 'parameter_invalid_string_blank', param: 'billing_details[address][postal_code]' }, 'field.postal.wrong'],
    [{ type: 'card_error', code: 'incorrect_zip' }, 'field.postal.wrong'],
    [{ type: 'card_error', code: 'incorrect_number' }, 'field.number.wrong'],
    [{ type: 'validation_error', code: 'incomplete_cvc' }, 'field.cvc.wrong'],
    [{ type: 'card_error', code: 'invalid_expiry_year' }, 'field.expiry.wrong'],
  ];
  for (const [error, field] of faults) assert.equal(tokenizeFault(error, true).field, field, error.code);
});

test('while the card is checked: a card error is told in a decline’s words', () => {
  const words = (error) => declineWords(tokenizeFault({ type: 'card_error', ...error }, true).decline);
  assert.equal(words({ code: 'card_declined', decline_code: 'test_mode_live_card' }), 'decline.use_another_card');
  assert.equal(words({ code: 'card_declined', decline_code: 'live_mode_test_card' }), 'decline.use_another_card');
  assert.equal(words({ code: 'expired_card' }), 'decline.expired');
  for (const code of ['card_declined', 'stolen_card', 'fraudulent', 'lost_card']) assert.equal(words({ code: 'card_declined', decline_code: code }), 'decline.contact_issuer');
});

test('while the card is checked: only silence could not be reached, and only a failed request is offline', () => {
  for (const silence of [undefined, { type: 'api_connection_error' }]) {
    assert.deepEqual(tokenizeFault(silence, true), { code: 'no_service' });
    assert.deepEqual(tokenizeFault(silence, false), { code: 'offline' });
  }
  assert.deepEqual(tokenizeFault({ type: 'api_error' }, false), { code: 'service_unavailable' });
  assert.deepEqual(tokenizeFault({ type: 'invalid_request_error', code: 'rate_limit' }, true), { code: 'rate_limited' });
  assert.deepEqual(tokenizeFault({ type: 'invalid_request_error', code: 'resource_missing' }, true), { code: 'stripe_refused' });
});
