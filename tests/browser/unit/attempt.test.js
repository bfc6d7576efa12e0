import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOUND, WAYS, isBusy, mayPay, next, openAfter } from '../../../static-site/app/attempt.js';

const STATES = Object.keys(WAYS);
const EVENTS = [...new Set([...Object.values(WAYS), FOUND].flatMap(Object.keys))];

const run = (...events) => events.reduce(next, 'idle');

test('a payment goes from press to each of its outcomes', () => {
  assert.equal(run('press', 'token', 'paid'), 'paid');
  assert.equal(run('press', 'token', 'declined'), 'declined');
  assert.equal(run('press', 'token', 'not_attempted'), 'not_attempted');
  assert.equal(run('press', 'token', 'unknown'), 'unknown');
  assert.equal(run('press', 'token', 'requires_action'), 'action');
});

test('an action leads through its challenge to an outcome, or to a closed checkout', () => {
  const asked = ['press', 'token', 'requires_action'];
  assert.equal(run(...asked, 'challenge', 'answered', 'paid'), 'paid');
  assert.equal(run(...asked, 'challenge', 'answered', 'declined'), 'declined');
  assert.equal(run(...asked, 'challenge', 'answered', 'requires_action'), 'action');
  assert.equal(run(...asked, 'challenge', 'leave'), 'closing');
  assert.equal(run(...asked, 'resume', 'unknown'), 'unknown');
  for (const state of ['action', 'authenticating', 'confirming']) for (const event of ['press', 'paid']) assert.equal(next(state, event), event === 'paid' && state === 'confirming' ? 'paid' : state);
});

test('what an earlier request waits for stays in view while the shopper goes on with it', () => {
  const open = (...events) => {
    let [state, shown] = ['idle', null];
    for (const event of events) {
      state = next(state, event);
      shown = openAfter(state, shown);
    }
    return shown;
  };
  assert.equal(open('press', 'token'), null);
  assert.equal(open('press', 'token', 'unknown', 'resume'), 'unknown');
  assert.equal(open('press', 'token', 'requires_action', 'challenge', 'answered'), 'action');
  assert.equal(open('press', 'token', 'requires_action', 'leave'), 'action');
  assert.equal(open('press', 'token', 'requires_action', 'leave', 'unknown', 'resume'), 'unknown');
  assert.equal(open('press', 'token', 'unknown', 'resume', 'declined', 'press'), null);
});

test('a second press is no press', () => {
  for (const state of STATES.filter(isBusy).filter((one) => one !== 'closing')) assert.equal(next(state, 'press'), state);
  assert.equal(run('press', 'press', 'press'), 'tokenizing');
  assert.equal(run('press', 'token', 'press', 'press'), 'sending');
});

test('an unknown outcome cannot be paid again: only checked, cancelled, or given up', () => {
  const ways = EVENTS.filter((event) => next('unknown', event) !== 'unknown' && !event.startsWith('found_'));
  assert.deepEqual(ways.sort(), ['abandon', 'leave', 'resume']);
  assert.equal(mayPay('unknown'), false);
});

test('nothing is sent before there is a token, and nothing after a payment', () => {
  assert.equal(next('idle', 'token'), 'idle');
  assert.equal(next('declined', 'token'), 'declined');
  for (const event of EVENTS.filter((one) => !one.startsWith('found_') && one !== 'renew')) assert.equal(next('paid', event), 'paid');
});

test('a decline leads to another card, a refusal to another press', () => {
  assert.equal(run('press', 'token', 'declined', 'press', 'token', 'paid'), 'paid');
  assert.equal(run('press', 'refuse'), 'not_attempted');
  assert.equal(run('press', 'refuse', 'press'), 'tokenizing');
  assert.equal(run('press', 'correct'), 'idle');
});

test('another cart is paid only after the old checkout is closed', () => {
  assert.equal(run('press', 'token', 'declined', 'press', 'leave'), 'closing');
  assert.equal(run('press', 'token', 'declined', 'press', 'leave', 'token'), 'closing');
  assert.equal(run('press', 'token', 'declined', 'press', 'leave', 'press'), 'tokenizing');
  assert.equal(run('press', 'token', 'declined', 'press', 'leave', 'paid'), 'paid');
  assert.equal(run('press', 'token', 'declined', 'press', 'leave', 'unknown'), 'unknown');
});

test('what another tab left is taken over, but never in the middle of a request', () => {
  assert.equal(next('idle', 'found_paid'), 'paid');
  assert.equal(next('declined', 'found_unknown'), 'unknown');
  for (const state of STATES.filter(isBusy)) assert.equal(next(state, 'found_paid'), state);
});

test('every busy state has a way out, and every state is reachable', () => {
  for (const state of STATES.filter(isBusy)) {
    const reached = new Set([state]);
    for (const one of reached) for (const event of EVENTS) reached.add(next(one, event));
    assert.ok([...reached].some((one) => !isBusy(one)), state);
  }
  const reached = new Set(['idle']);
  for (const one of reached) for (const event of EVENTS) reached.add(next(one, event));
  assert.deepEqual([...reached].sort(), [...STATES].sort());
});
