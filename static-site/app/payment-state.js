// Every state a payment can be in, and the only ways from one to the next.

const OUTCOMES = { paid: 'paid', declined: 'declined', requires_action: 'action', not_attempted: 'not_attempted', unknown: 'unknown' };

export const TRANSITIONS = {
  idle: { pay: 'tokenizing', check: 'sending', cancel: 'closing' },
  tokenizing: { token: 'sending', refuse: 'not_attempted', correct: 'idle', cancel: 'closing', lockedByOtherTab: 'idle' },
  sending: OUTCOMES,
  action: { challenge: 'authenticating', check: 'confirming', cancel: 'closing' },
  authenticating: { challengeEnded: 'confirming', cancel: 'closing', unknown: 'unknown' },
  confirming: OUTCOMES,
  closing: { closed: 'not_attempted', not_attempted: 'not_attempted', pay: 'tokenizing', paid: 'paid', unknown: 'unknown' },
  declined: { pay: 'tokenizing', check: 'sending', cancel: 'closing' },
  not_attempted: { pay: 'tokenizing', check: 'sending', cancel: 'closing' },
  unknown: { check: 'sending', cancel: 'closing', abandon: 'idle' },
  paid: { startOver: 'idle' },
};

/** What another tab or a reload left; a busy page is not told. */
export const RESTORED = { found_paid: 'paid', found_declined: 'declined', found_action: 'action', found_unknown: 'unknown', found_nothing: 'idle' };

/** An earlier request is open: what it waits for is shown, and no form. */
const OPEN = { unknown: 'unknown', action: 'action', authenticating: 'action', confirming: 'action' };

export const isBusy = (state) => ['tokenizing', 'sending', 'authenticating', 'confirming', 'closing'].includes(state);

export const mayPay = (state) => 'pay' in TRANSITIONS[state] && !isBusy(state);

/** What is open in `state`, if it was `before` in the one before. */
export const openAfter = (state, before) => OPEN[state] ?? (isBusy(state) ? before : null);

/** An event that does not belong to `state` changes nothing: a second press is no press. */
export function transition(state, event) {
  if (event in RESTORED) return isBusy(state) ? state : RESTORED[event];
  return TRANSITIONS[state][event] ?? state;
}
