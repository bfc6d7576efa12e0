import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESTORED, TRANSITIONS, isBusy, mayPay, openAfter, transition } from '../../../static-site/app/payment-state.js';

const STATES = Object.keys(TRANSITIONS);
const EVENTS = [...new Set([...Object.values(TRANSITIONS), RESTORED].flatMap(Object.keys))];

const run = (...events) => events.reduce(transition, 'idle');

test('a payment goes from press to each of its outcomes', () => {
  assert.equal(run('pay', 'token', 'paid'), 'paid');
  assert.equal(run('pay', 'token', 'declined'), 'declined');
  assert.equal(run('pay', 'token', 'not_attempted'), 'not_attempted');
  assert.equal(run('pay', 'token', 'unknown'), 'unknown');
  assert.equal(run('pay', 'token', 'requires_action'), 'action');
});

test('an action leads through its challenge to an outcome, or to a closed checkout', () => {
  const asked = ['pay', 'token', 'requires_action'];
  assert.equal(run(...asked, 'challenge', 'challengeEnded', 'paid'), 'paid');
  assert.equal(run(...asked, 'challenge', 'challengeEnded', 'declined'), 'declined');
  assert.equal(run(...asked, 'challenge', 'challengeEnded', 'requires_action'), 'action');
  assert.equal(run(...asked, 'challenge', 'cancel'), 'closing');
  assert.equal(run(...asked, 'check', 'unknown'), 'unknown');
  for (const state of ['action', 'authenticating', 'confirming']) for (const event of ['pay', 'paid']) assert.equal(transition(state, event), event === 'paid' && state === 'confirming' ? 'paid' : state);
});

test('what an earlier request waits for stays in view while the shopper goes on with it', () => {
  const open = (...events) => {
    let [state, shown] = ['idle', null];
    for (const event of events) {
      state = transition(state, event);
      shown = openAfter(state, shown);
    }
    return shown;
  };
  assert.equal(open('pay', 'token'), null);
  assert.equal(open('pay', 'token', 'unknown', 'check'), 'unknown');
  assert.equal(open('pay', 'token', 'requires_action', 'challenge', 'challengeEnded'), 'action');
  assert.equal(open('pay', 'token', 'requires_action', 'cancel'), 'action');
  assert.equal(open('pay', 'token', 'requires_action', 'cancel', 'unknown', 'check'), 'unknown');
  assert.equal(open('pay', 'token', 'unknown', 'check', 'declined', 'pay'), null);
});

test('a second press is no press', () => {
  for (const state of STATES.filter(isBusy).filter((one) => one !== 'closing')) assert.equal(transition(state, 'pay'), state);
  assert.equal(run('pay', 'pay', 'pay'), 'tokenizing');
  assert.equal(run('pay', 'token', 'pay', 'pay'), 'sending');
});

test('an unknown outcome cannot be paid again: only checked, cancelled, or given up', () => {
  const ways = EVENTS.filter((event) => transition('unknown', event) !== 'unknown' && !event.startsWith('found_'));
  assert.deepEqual(ways.sort(), ['abandon', 'cancel', 'check']);
  assert.equal(mayPay('unknown'), false);
});

test('nothing is sent before there is a token, and nothing after a payment', () => {
  assert.equal(transition('idle', 'token'), 'idle');
  assert.equal(transition('declined', 'token'), 'declined');
  for (const event of EVENTS.filter((one) => !one.startsWith('found_') && one !== 'startOver')) assert.equal(transition('paid', event), 'paid');
});

test('a decline leads to another card, a refusal to another press', () => {
  assert.equal(run('pay', 'token', 'declined', 'pay', 'token', 'paid'), 'paid');
  assert.equal(run('pay', 'refuse'), 'not_attempted');
  assert.equal(run('pay', 'refuse', 'pay'), 'tokenizing');
  assert.equal(run('pay', 'correct'), 'idle');
});

test('another cart is paid only after the old checkout is closed', () => {
  assert.equal(run('pay', 'token', 'declined', 'pay', 'cancel'), 'closing');
  assert.equal(run('pay', 'token', 'declined', 'pay', 'cancel', 'token'), 'closing');
  assert.equal(run('pay', 'token', 'declined', 'pay', 'cancel', 'pay'), 'tokenizing');
  assert.equal(run('pay', 'token', 'declined', 'pay', 'cancel', 'paid'), 'paid');
  assert.equal(run('pay', 'token', 'declined', 'pay', 'cancel', 'unknown'), 'unknown');
});

test('what another tab left is taken over, but never in the middle of a request', () => {
  assert.equal(transition('idle', 'found_paid'), 'paid');
  assert.equal(transition('declined', 'found_unknown'), 'unknown');
  for (const state of STATES.filter(isBusy)) assert.equal(transition(state, 'found_paid'), state);
});

test('every busy state has a way out, and every state is reachable', () => {
  for (const state of STATES.filter(isBusy)) {
    const reached = new Set([state]);
    for (const one of reached) for (const event of EVENTS) reached.add(transition(one, event));
    assert.ok([...reached].some((one) => !isBusy(one)), state);
  }
  const reached = new Set(['idle']);
  for (const one of reached) for (const event of EVENTS) reached.add(transition(one, event));
  assert.deepEqual([...reached].sort(), [...STATES].sort());
});
