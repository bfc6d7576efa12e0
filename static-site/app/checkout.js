// A checkout: one id for one cart; its requests, and what answers mean. Values, never changed in place.

export const HOUR = 3_600_000; // ms

/** The function takes no older checkout (ms). */
export const LIFETIME = 23 * HOUR;

/** As in the function. */
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
export const newCheckout = (id) => ({ id, sent: false, cards: [] });

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

/** Pays with a card: the first one, or another one of the same PaymentIntent. */
export function payRequest({ payment_intent, cart }, { token, publishable_key, email, now }) {
  const body = {
    payment_method: token.id,
    ...(!payment_intent && { items: cart.items }),
    currency: cart.currency,
    expected_total: cart.total,
    publishable_key,
    receipt_email: email,
  };
  return { path: payment_intent ? confirmPath(payment_intent) : PAY, body: JSON.stringify(body), at: now };
}

/** The bank has been answered: `sent` is the body that it asked about. */
export function completedRequest(payment_intent, sent, now) {
  const { items, ...rest } = JSON.parse(sent);
  return { path: confirmPath(payment_intent), body: JSON.stringify({ ...rest, action: 'completed' }), at: now };
}

export const voidRequest = (publishable_key, now) => ({ path: VOID, body: JSON.stringify({ publishable_key }), at: now });

/** The same, to find out and tell, and to change nothing. */
export const settleRequest = ({ path, body }) => ({ path, body: JSON.stringify({ ...JSON.parse(body), settle: true }) });

const DECLINE_HOLDS = 1_800_000; // ms; an older decline is of another visit

/** What can be shown of a checkout: each part, or not. */
export function about(checkout) {
  const { payment_intent, cart, attempt, cards } = checkout ?? {};
  return { payment_intent, cart, at: attempt?.at, card: cards?.at(-1), leaving: attempt?.path === VOID, lost: Boolean(attempt && !attempt.body) };
}

/**
 * Of any answer but `paid`: `{event, detail, after}`, `after` being the checkout from now on, null where it is closed. `closing`: of a
 * request that closes the checkout, why (`cancelled`, `card_limit_reached`); `onward`: to pay with another one at once.
 */
export function follow(answer, checkout, { closing, onward, now }) {
  const { outcome, payment_intent, code, advice } = answer;
  if (outcome === 'not_attempted') {
    const after = answer.checkout === 'closed' ? null : settled(checkout);
    if (closing && !after) return { event: onward ? 'pay' : 'closed', detail: { code: closing }, after };
    return { event: outcome, detail: { ...answer, field: answer.param === 'receipt_email' && 'field.email.wrong' }, after };
  }
  if (outcome === 'declined' && !closing) return { event: outcome, detail: { code, advice, payment_intent }, after: settled(checkout, { payment_intent, declined: { code, advice, at: now } }) };
  if (outcome === 'requires_action' && !closing) {
    const after = withAction(checkout, payment_intent);
    return { event: outcome, detail: about(after), after };
  }
  return { event: 'unknown', detail: about(checkout), after: checkout };
}

/** Of what a reload or another page left: `{event, detail}`, or null. `state` is the present one. */
export function followStored({ checkout, receipt, state, now }) {
  const { attempt, declined } = checkout ?? {};
  const detail = { ...about(checkout), found: true };
  if (attempt) return { event: attempt.action ? 'found_action' : 'found_unknown', detail };
  if (receipt) return { event: 'found_paid', detail: { receipt } };
  if (declined && (state === 'declined' || now - declined.at < DECLINE_HOLDS)) return { event: 'found_declined', detail: { ...detail, ...declined } };
  return state === 'paid' ? null : { event: 'found_nothing' };
}
