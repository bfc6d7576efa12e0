// Every state a payment can be in, and the only ways from one to the next.

const OUTCOMES = { paid: 'paid', declined: 'declined', requires_action: 'action', not_attempted: 'not_attempted', unknown: 'unknown' };

export const WAYS = {
  idle: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  tokenizing: { token: 'sending', refuse: 'not_attempted', correct: 'idle', leave: 'closing', elsewhere: 'idle' },
  sending: OUTCOMES,
  action: { challenge: 'authenticating', resume: 'confirming', leave: 'closing' },
  authenticating: { answered: 'confirming', leave: 'closing', unknown: 'unknown' },
  confirming: OUTCOMES,
  closing: { closed: 'not_attempted', press: 'tokenizing', paid: 'paid', unknown: 'unknown' },
  declined: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  not_attempted: { press: 'tokenizing', resume: 'sending', leave: 'closing' },
  unknown: { resume: 'sending', leave: 'closing', abandon: 'idle' },
  paid: { renew: 'idle' },
};

/** What another tab or a reload left; a busy page is not told. */
export const FOUND = { found_paid: 'paid', found_declined: 'declined', found_action: 'action', found_unknown: 'unknown', found_nothing: 'idle' };

/** An earlier request is open: what it waits for is shown, and no form. */
const OPEN = { unknown: 'unknown', action: 'action', authenticating: 'action', confirming: 'action' };

export const isBusy = (state) => ['tokenizing', 'sending', 'authenticating', 'confirming', 'closing'].includes(state);

export const mayPay = (state) => 'press' in WAYS[state] && !isBusy(state);

/** What is open in `state`, if it was `before` in the one before. */
export const openAfter = (state, before) => OPEN[state] ?? (isBusy(state) ? before : null);

/** An event that does not belong to `state` changes nothing: a second press is no press. */
export function next(state, event) {
  if (event in FOUND) return isBusy(state) ? state : FOUND[event];
  return WAYS[state][event] ?? state;
}
