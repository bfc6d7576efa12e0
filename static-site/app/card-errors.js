// What a card is called, and what an error about it says: a field to correct, or a decline's words.

const BRANDS = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', discover: 'Discover', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' };

export const brandName = (brand) => (Object.hasOwn(BRANDS, brand) ? BRANDS[brand] : undefined);

/** Words of their own, and the advice that they give. */
const DECLINES = {
  number: { advice: ['correct_details'], codes: ['incorrect_number', 'invalid_number'] },
  cvc: { advice: ['correct_details'], codes: ['incorrect_cvc', 'invalid_cvc'] },
  expiry: { advice: ['correct_details'], codes: ['invalid_expiry_month', 'invalid_expiry_year'] },
  postal: { advice: ['correct_details'], codes: ['incorrect_zip'] },
  expired: { advice: ['use_another_card'], codes: ['expired_card'] },
  funds: { advice: ['use_another_card'], codes: ['insufficient_funds'] },
  limit: { advice: ['use_another_card'], codes: ['withdrawal_count_limit_exceeded', 'card_velocity_exceeded'] },
  currency: { advice: ['use_another_card'], codes: ['currency_not_supported'] },
  authentication: { advice: ['use_another_card'], codes: ['authentication_required', 'authentication_not_handled', 'requires_action_not_handled', 'payment_intent_action_required'] },
  duplicate: { advice: ['try_again'], codes: ['duplicate_transaction'] },
  unconfirmed: { advice: ['use_another_card', 'try_again'], codes: ['payment_intent_authentication_failure', 'payment_intent_payment_attempt_expired'] },
};

const find = (code) => Object.keys(DECLINES).find((words) => DECLINES[words].codes.includes(code));

/** A key of the words: never of another advice than the function's. */
export function declineWords({ code, advice }) {
  const words = find(code);
  return `decline.${DECLINES[words]?.advice.includes(advice) ? words : advice}`;
}

/** A bank that speaks of a duplicate has seen another payment. */
export const isUncharged = ({ code }) => code !== 'duplicate_transaction';

/** The fault of a field that a code names, or nothing; Stripe's texts are never shown. */
export function cardFault(code) {
  const [, name] = /_(number|expiry|cvc)/.exec(code) ?? [];
  return name && (code.endsWith('_past') ? 'field.expiry.past' : `field.${name}.wrong`);
}

const WRONG_CARDS = ['live_mode_test_card', 'test_mode_live_card'];
const isRateLimit = ({ type, code }) => type === 'rate_limit_error' || code === 'rate_limit';

const fieldOf = ({ code, param }) => {
  if (code === 'email_invalid' || param === 'billing_details[email]') return 'field.email.wrong';
  if (code === 'incorrect_zip' || param === 'billing_details[address][postal_code]') return 'field.postal.wrong';
  return cardFault(code);
};

/** An error of Stripe.js, as it takes the card: `{code, field?, decline?}`. */
export function tokenizeFault(error, isOnline) {
  const field = error && fieldOf(error);
  if (field) return { code: 'field', field };
  if (!error || error.type === 'api_connection_error') return { code: isOnline ? 'no_service' : 'offline' };
  if (error.type === 'card_error') {
    const code = error.decline_code ?? error.code;
    const advice = WRONG_CARDS.includes(code) ? 'use_another_card' : (DECLINES[find(code)]?.advice[0] ?? 'contact_issuer');
    return { code: 'card', decline: { code, advice } };
  }
  if (isRateLimit(error)) return { code: 'rate_limited' };
  return { code: error.type === 'api_error' ? 'service_unavailable' : 'stripe_refused' };
}
