// The attempt: every state a payment can be in, and the only ways from one to the next.
// Nothing here touches the page, the network or storage.

const WAYS = {
  idle: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  tokenizing: { token: 'sending', refuse: 'not_attempted', correct: 'idle', leave: 'closing', elsewhere: 'idle' },
  sending: { paid: 'paid', declined: 'declined', requires_action: 'action', not_attempted: 'not_attempted', unknown: 'unknown' },
  action: { completed: 'sending', unknown: 'unknown' },
  closing: { closed: 'not_attempted', press: 'tokenizing', paid: 'paid', unknown: 'unknown' },
  declined: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  not_attempted: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  unknown: { resume: 'sending', leave: 'closing', abandon: 'idle' },
  paid: { renew: 'idle' },
};

/** What another tab, or an earlier life of this page, may have left behind; a busy page holds the lock and so is never told. */
const FOUND = { found_paid: 'paid', found_declined: 'declined', found_unknown: 'unknown', found_nothing: 'idle' };

export const STATES = Object.keys(WAYS);
export const EVENTS = [...new Set([...Object.values(WAYS).flatMap(Object.keys), ...Object.keys(FOUND)])];

/** A request may be on its way, or is about to be: nothing else may start. */
export const isBusy = (state) => ['tokenizing', 'sending', 'action', 'closing'].includes(state);

/** The state after `event`; one that does not belong to `state` changes nothing, so a second press is no press. */
export function next(state, event) {
  if (event in FOUND) return isBusy(state) ? state : FOUND[event];
  return WAYS[state][event] ?? state;
}

/** Whether the shopper may press Pay. An unknown outcome has no such way. */
export const mayPay = (state) => 'press' in WAYS[state] && !isBusy(state);
