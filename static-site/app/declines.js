// A decline's words, by code where the shopper can do something with it, else by advice. Never the issuer's or Stripe's own text.

const WORDS = {
  incorrect_number: 'number', invalid_number: 'number',
  incorrect_cvc: 'cvc', invalid_cvc: 'cvc',
  invalid_expiry_month: 'expiry', invalid_expiry_year: 'expiry',
  incorrect_zip: 'postal',
  expired_card: 'expired',
  insufficient_funds: 'funds',
  withdrawal_count_limit_exceeded: 'limit', card_velocity_exceeded: 'limit',
  card_not_supported: 'card_kind', currency_not_supported: 'currency',
  authentication_required: 'authentication', authentication_not_handled: 'authentication',
  requires_action_not_handled: 'authentication', payment_intent_action_required: 'authentication',
  duplicate_transaction: 'duplicate',
};

/** Never told by name, whatever answers: they read as a plain decline. */
const PLAIN = [
  'fraudulent', 'lost_card', 'stolen_card', 'merchant_blacklist', 'pickup_card', 'restricted_card', 'security_violation',
  'card_declined', 'generic_decline',
];

/** The word key of a decline. */
export function declineWords({ code, advice }) {
  if (PLAIN.includes(code)) return 'decline.contact_issuer';
  return `decline.${WORDS[code] ?? advice ?? 'contact_issuer'}`;
}
