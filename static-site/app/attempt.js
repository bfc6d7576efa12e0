// The attempt: every state a payment can be in, and the only ways from one to the next.

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

/** What another tab, or a reload, left behind; a busy page is not told. */
const FOUND = { found_paid: 'paid', found_declined: 'declined', found_unknown: 'unknown', found_nothing: 'idle' };

export const STATES = Object.keys(WAYS);
export const EVENTS = [...new Set([...Object.values(WAYS), FOUND].flatMap(Object.keys))];

/** A request is on its way, or about to be. */
export const isBusy = (state) => ['tokenizing', 'sending', 'action', 'closing'].includes(state);

export const mayPay = (state) => 'press' in WAYS[state] && !isBusy(state);

/** The state after `event`. One that does not belong to `state` changes nothing: a second press is no press. */
export function next(state, event) {
  if (event in FOUND) return isBusy(state) ? state : FOUND[event];
  return WAYS[state][event] ?? state;
}
