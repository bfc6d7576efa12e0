// A checkout: one id for one cart, until it is paid or closed. Values, never changed in place.

export const HOUR = 3_600_000; // ms

/** The function takes no older checkout (ms). */
export const LIFETIME = 23 * HOUR;

/** As in the function: a checkout takes no more cards. */
export const MAX_CARDS = 8;

export const PAY = '/api/payments';
export const VOID = '/api/payments/void';
export const confirmPath = (paymentIntent) => `/api/payments/${paymentIntent}/confirm`;

export const ADVICE = ['correct_details', 'use_another_card', 'try_again', 'contact_issuer'];

/** A UUIDv7 (RFC 9562) of the server's `now` (Unix ms). */
export function mintId(now, random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = [...random];
  bytes[0] = 0x70 | (bytes[0] & 0x0f);
  bytes[2] = 0x80 | (bytes[2] & 0x3f);
  const hex = now.toString(16).padStart(12, '0') + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const mintedAt = (id) => parseInt(id.replace('-', '').slice(0, 12), 16);

/** `now`: the server's clock. */
export const isExpired = ({ id }, now) => now - mintedAt(id) > LIFETIME;

/** Minted by no clock of the server's, which takes an id at most 5 minutes ahead. */
export const isOfTheFuture = ({ id }, now) => mintedAt(id) > now + 300_000;

/** A test-mode checkout of another publishable key: the sandbox was restarted. */
export const isOfAnotherSandbox = ({ livemode, publishable_key }, config) => livemode === false && publishable_key !== config.publishable_key;

/**
 * `{id, publishable_key, livemode, sent, cart, cards, payment_intent?, declined?, attempt?}`. `sent` is stored before the first request
 * leaves: whoever comes next re-sends. `attempt` is the unsettled request `{path, body, at, action?}`, with the only e-mail kept; without
 * `path` the request itself is lost. `action`: the bank asks; the client_secret is not kept, the same request brings it again.
 */
export const newCheckout = (id, { publishable_key, livemode }) => ({ id, publishable_key, livemode, sent: false, cards: [] });

export function withRequest({ declined, ...checkout }, request, card) {
  return { ...checkout, sent: true, cards: card ? [...checkout.cards, card] : checkout.cards, attempt: request };
}

export const withAction = (checkout, payment_intent) => ({ ...checkout, payment_intent, attempt: { ...checkout.attempt, action: true } });

/** Its request is answered; the checkout can still be used. */
export const settled = ({ attempt, ...checkout }, more) => ({ ...checkout, ...more });

const chosen = ({ items, currency } = {}) => JSON.stringify([items, currency]);

/** Whether something was sent for another cart. */
export function isForAnotherCart(checkout, cart) {
  if (!checkout?.sent) return false;
  return chosen(checkout.cart) !== chosen(cart) || Boolean(checkout.payment_intent && checkout.cart.total !== cart.total);
}

/** What is kept of a `paid` answer; the card only if it names it. */
export function receiptOf(answer, { cards }, now) {
  const { payment_intent, payment_method, amount, currency, created, livemode, items, refunded } = answer;
  const card = cards.find(({ id }) => id === payment_method);
  const of = card && { card: { brand: card.brand, last4: card.last4 } };
  return { payment_intent, amount, currency, created, livemode, items, kept: now, ...(refunded && { refunded }), ...of };
}
