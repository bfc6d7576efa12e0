import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { Api, parseOutcome as read, retryDelay as delay } from '../../../static-site/app/api.js';

const clock = { slept: 0 }; // ms that the machine slept
const platform = {
  fetch: (...request) => fetch(...request),
  setTimeout: (...timer) => setTimeout(...timer),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => Date.now() + clock.slept,
  ticks: () => performance.now(),
  random: () => 0.5,
};
const { sendUntilKnown: settle, config } = new Api(platform);

const json = JSON.stringify;
const PAID = { outcome: 'paid', payment_intent: 'pi_1', payment_method: 'pm_1', amount: 1099, currency: 'usd', created: 1, livemode: false, items: [] };
const DECLINED = { outcome: 'declined', payment_intent: 'pi_1', error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'x', advice: 'use_another_card' } };
const REFUSED = { outcome: 'not_attempted', error: { type: 'invalid_request_error', code: 'total_changed', message: 'x' }, checkout: 'open', total: 1200, currency: 'cad' };

test('an answer is read by the contract', () => {
  assert.equal(read(200, json(PAID)).outcome, 'paid');
  assert.deepEqual(read(402, json(DECLINED)), { outcome: 'declined', payment_intent: 'pi_1', code: 'insufficient_funds', advice: 'use_another_card' });
  assert.deepEqual(read(409, json(REFUSED)), { outcome: 'not_attempted', checkout: 'open', code: 'total_changed', param: undefined, total: 1200, currency: 'cad' });
  const ACTION = { outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_1_secret_2' };
  assert.deepEqual(read(200, json({ ...ACTION, more: 1 })), ACTION);
  assert.equal(read(503, json({ outcome: 'unknown', error: { code: 'outcome_unknown' } })).outcome, 'unknown');
});

test('whatever does not say an outcome exactly is unknown', () => {
  const answers = [
    [502, '<html>Bad gateway</html>'],
    [504, '{"message":"Endpoint request timed out"}'],
    [429, '{"message":"Too Many Requests"}'],
    [403, ''],
    [200, ''],
    [200, 'null'],
    [200, '"paid"'],
    [200, json(PAID).slice(0, -5)],
    [200, json({ ...PAID, outcome: 'Paid' })],
    [200, json({ ...PAID, payment_intent: undefined })],
    [200, json({ ...PAID, payment_intent: 'pi_1/../x' })],
    [200, json({ ...PAID, amount: '1099' })],
    [500, json(PAID)],
    [402, json(PAID)],
    [200, json(DECLINED)],
    [503, json(DECLINED)],
    [402, json({ ...DECLINED, payment_intent: undefined })],
    [402, json({ outcome: 'declined' })],
    [402, json({ outcome: 'declined', payment_intent: 'pi_1' })],
    [402, json({ outcome: 'declined', payment_intent: 'pi_1', error: { code: 7 } })],
    [400, json({ outcome: 'not_attempted', checkout: 'open' })],
    [400, json({ outcome: 'not_attempted', checkout: 'open', error: null })],
    [200, json(REFUSED)],
    [400, json({ outcome: 'not_attempted' })],
    [200, json({ outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'x' })],
    [200, json({ outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_2_secret_3' })],
    [200, json({ outcome: 'requires_action', payment_intent: 'pi_1' })],
    [402, json({ outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_1_secret_2' })],
  ];
  for (const [status, body] of answers) assert.equal(read(status, body).outcome, 'unknown', `${status} ${body}`);
});

test('an advice this page does not know is the plain one', () => {
  assert.equal(read(402, json({ ...DECLINED, error: { ...DECLINED.error, advice: 'pray' } })).advice, 'contact_issuer');
});

test('back-off doubles, is jittered and capped, and honours Retry-After', () => {
  assert.deepEqual([0, 1, 2, 3, 9].map((n) => delay(n, null, 0.5)), [1000, 2000, 4000, 8000, 8000]);
  assert.equal(delay(0, null, 0), 750);
  assert.equal(delay(0, null, 1), 1250);
  assert.equal(delay(0, '5', 0.5), 5000);
  assert.equal(delay(0, '3600', 0.5), 15000);
  assert.equal(delay(0, 'soon', 0.5), 1000);
});

/** Answers each fetch with the next of `answers`; a function answers itself. Timers are mocked and run at once. */
function serve(...answers) {
  const sent = [];
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(globalThis, 'fetch', async (path, options) => {
    sent.push({ path, ...options });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    return typeof answer === 'function' ? answer(options) : new Response(answer[1], { status: answer[0], headers: answer[2] });
  });
  return sent;
}

/** Runs `promise` to its end, letting mocked time pass. */
async function pass(promise) {
  let ended = false;
  const done = promise.finally(() => (ended = true));
  while (!ended) {
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(1000);
  }
  return done;
}

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

const request = { key: '0198c2f4-0000-7000-8000-000000000000', body: '{"a":1}', resend: false };

test('a first send is not marked; every other one is, with the same key and bytes', async () => {
  const sent = serve([502, '<html>'], [503, json({ outcome: 'unknown' })], [200, json(PAID)]);
  const answer = await pass(settle('/api/payments', request));
  assert.equal(answer.outcome, 'paid');
  assert.deepEqual(sent.map(({ headers }) => headers['Till-Resend']), [undefined, 'true', 'true']);
  for (const { path, body, headers, method } of sent) {
    assert.deepEqual([path, body, method], ['/api/payments', '{"a":1}', 'POST']);
    assert.equal(headers['Content-Type'], 'application/json');
    assert.equal(headers['Idempotency-Key'], request.key);
  }
});

test('a re-send is marked from its first request on', async () => {
  const sent = serve([200, json(PAID)]);
  await pass(settle('/api/payments', { ...request, resend: true }));
  assert.equal(sent[0].headers['Till-Resend'], 'true');
});

test('a refusal that does not say whether its checkout is open is unknown', () => {
  for (const checkout of ['open', 'closed']) assert.equal(read(429, json({ ...REFUSED, checkout })).checkout, checkout);
  for (const checkout of [undefined, null, '', 'Open', 'constructor', true, ['open']]) assert.equal(read(429, json({ ...REFUSED, checkout })).outcome, 'unknown');
});

test('a refund is read, and a total only with its currency', () => {
  assert.equal(read(200, json({ ...PAID, refunded: 500 })).refunded, 500);
  for (const refunded of [0, -1, 1.5, '500', null]) assert.equal('refunded' in read(200, json({ ...PAID, refunded })), false);
  assert.equal('total' in read(409, json({ ...REFUSED, currency: undefined })), false);
});

test('an id of Stripe’s is what the function takes for one: a longer one, too, and never a client_secret', () => {
  for (const id of ['pi_3Abc', 'pi_a_b', `pi_${'a'.repeat(100)}`]) assert.equal(read(200, json({ ...PAID, payment_intent: id })).payment_intent, id);
  for (const id of ['pi_', `pi_${'a'.repeat(101)}`, 'pi_1_secret_2', 'pi_1\n', 'pi_é']) assert.equal(read(200, json({ ...PAID, payment_intent: id })).outcome, 'unknown', id);
});

test('a time that is none is left out: what is stored of it could not be read again', () => {
  for (const created of [-1, 1.5, 1e15, '1', null]) assert.equal('created' in read(200, json({ ...PAID, created })), false, created);
  assert.equal(read(200, json(PAID)).created, 1);
});

test('a paid answer whose particulars are odd is paid all the same', () => {
  for (const odd of [{ items: 'x' }, { items: null }, { created: 'x' }, { payment_method: 7 }, { livemode: 'x' }]) assert.equal(read(200, json({ ...PAID, ...odd })).outcome, 'paid');
  for (const bad of [{ currency: 'dollars' }, { currency: undefined }]) assert.equal(read(200, json({ ...PAID, ...bad })).outcome, 'unknown');
});

test('a machine that slept between two sends does not send again: its press is long past', async () => {
  const sent = serve(() => {
    clock.slept += 8 * 3_600_000;
    return Promise.reject(new TypeError('Failed to fetch'));
  });
  assert.equal((await pass(settle('/api/payments', request))).outcome, 'unknown');
  assert.equal(sent.length, 1);
  clock.slept = 0;
});

test('a lost connection and a hang are unknown, are sent again, and come to an end', async () => {
  const lost = serve(() => Promise.reject(new TypeError('Failed to fetch')));
  assert.equal((await pass(settle('/api/payments', request))).outcome, 'unknown');
  assert.equal(lost.length, 5);
  mock.timers.reset();
  mock.restoreAll();
  const hanging = serve(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
  assert.equal((await pass(settle('/api/payments', request))).outcome, 'unknown');
  assert.ok(hanging.length >= 2);
});

test('a body that stops in the middle is unknown', async () => {
  const cut = new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) });
  serve(() => new Response(cut, { status: 200 }));
  assert.equal((await pass(settle('/api/payments', request))).outcome, 'unknown');
});

test('the config tells the server’s time, and its own age', async () => {
  serve([200, json({ publishable_key: 'pk_test_1', livemode: false, card_authentication: 'decline', currencies: ['usd', 'cad'], now: 1_000_000 })]);
  const { serverNow, age, publishable_key } = await config();
  assert.equal(publishable_key, 'pk_test_1');
  assert.ok(serverNow() - 1_000_000 < 1000 && serverNow() >= 1_000_000);
  assert.ok(age() < 1000);
});

test('a config that is not ours is none', async () => {
  for (const answer of [[502, '<html>'], [200, '<html>'], [200, '{}'], [200, json({ publishable_key: 'sk_test_1', livemode: false, now: 1 })], [200, json({ publishable_key: 'pk_test_1', now: 1 })], [200, json({ publishable_key: 'pk_test 1', livemode: false, now: 1 })], [200, json({ publishable_key: 'pk_test_1', livemode: false, now: '1' })]]) {
    serve(answer);
    await assert.rejects(config());
    mock.timers.reset();
    mock.restoreAll();
  }
});

test('a press has a config of the last ten minutes, of the key that the card fields have', async () => {
  let [minutes, key, sent, online] = [0, 'pk_test_1', 0, true];
  const answer = () => (key ? Promise.resolve(new Response(json({ publishable_key: key, livemode: false, now: 1 }))) : Promise.reject(new TypeError('Failed to fetch')));
  const api = new Api({ ...platform, fetch: () => (sent++, answer()), now: () => minutes * 60_000, ticks: () => 0, isOnline: () => online });
  assert.equal(api.serverNow(), undefined);
  const opened = await api.config();
  assert.equal(api.key, 'pk_test_1');
  minutes = 9;
  assert.equal(await api.configured(), opened);
  assert.equal(sent, 1);
  minutes = 10;
  assert.notEqual(await api.configured(), opened);
  assert.equal(sent, 2);
  [minutes, key] = [20, 'pk_test_rolled'];
  assert.equal(await api.configured(), null);
  assert.equal(await api.configured(), null);
  assert.deepEqual([sent, api.key], [3, 'pk_test_1']);
  [minutes, key] = [30, ''];
  await assert.rejects(api.configured(), { code: 'no_service' });
  online = false;
  await assert.rejects(api.configured(), { code: 'offline' });
});
