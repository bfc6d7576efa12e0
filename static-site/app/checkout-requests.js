// The requests of a checkout: `{path, body, at}`, in the bytes that are sent, and sent again.
import { PAY, VOID, confirmPath } from './checkout.js';

const parse = (text) => JSON.parse(text);

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
  const { items, ...rest } = parse(sent);
  return { path: confirmPath(payment_intent), body: JSON.stringify({ ...rest, action: 'completed' }), at: now };
}

/** Closes the checkout. */
export const voidRequest = (publishable_key, now) => ({ path: VOID, body: JSON.stringify({ publishable_key }), at: now });

/** The same, to find out and tell, and to change nothing. */
export const settleRequest = ({ path, body }) => ({ path, body: JSON.stringify({ ...parse(body), settle: true }) });
