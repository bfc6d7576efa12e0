// What an answer, or what was found in storage, means: the state machine's event, and what is shown.
import { VOID, settled, withAction } from './checkout.js';

const DECLINE_HOLDS = 1_800_000; // ms; an older decline is of another visit

/** What can be shown of a checkout, each part or not. */
export const about = ({ payment_intent, cart, attempt, cards } = {}) => ({ payment_intent, cart, at: attempt?.at, card: cards?.at(-1), leaving: attempt?.path === VOID });

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
  const detail = { ...about(checkout ?? {}), found: true };
  if (attempt) return { event: attempt.action ? 'found_action' : 'found_unknown', detail };
  if (declined && (state === 'declined' || now - declined.at < DECLINE_HOLDS)) return { event: 'found_declined', detail: { ...detail, ...declined } };
  if (receipt && !checkout) return { event: 'found_paid', detail: { receipt } };
  return state === 'paid' ? null : { event: 'found_nothing' };
}
