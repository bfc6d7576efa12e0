import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIFETIME, mintedAt } from '../../../static-site/app/checkout.js';
import { CART, CONFIG, DECLINED, Locks, NOW, OTHER, PAID, Storage, UNKNOWN, closed, open, page, soon } from './origin.js';

test('a payment: stored before the card is tokenized, the attempt and "sent" before the request leaves', async () => {
  const storage = new Storage();
  let before;
  const { press, payment, sent } = page({
    storage,
    answers: [PAID],
    tokenize: async () => {
      before = JSON.parse(storage.getItem('till.checkout'));
      return { id: 'pm_1', brand: 'visa', last4: '4242' };
    },
  });
  await press();
  assert.equal(payment.state, 'paid');
  assert.equal(before.sent, false);
  assert.equal(before.attempt, undefined);
  const [{ key, resend, path, body, stored }] = sent;
  assert.deepEqual([key, resend, path], [before.id, false, '/api/payments']);
  assert.equal(mintedAt(key), NOW, 'by the server’s clock');
  assert.equal(stored.sent, true);
  assert.deepEqual(JSON.parse(stored.attempt.body), body);
  assert.deepEqual(body, { payment_method: 'pm_1', items: CART.items, currency: 'usd', expected_total: 1099, publishable_key: 'pk_test_1', receipt_email: 'ada@example.com' });
});

test('once paid nothing is left but the receipt, without e-mail or client_secret', async () => {
  const { press, storage } = page({ answers: [PAID] });
  await press();
  assert.deepEqual([...storage.map.keys()].sort(), ['till.closed', 'till.receipt']);
  const receipt = JSON.parse(storage.getItem('till.receipt'));
  assert.deepEqual(Object.keys(receipt).sort(), ['amount', 'card', 'created', 'currency', 'items', 'kept', 'livemode', 'payment_intent', 'v']);
  assert.deepEqual(receipt.card, { brand: 'visa', last4: '4242' });
});

test('the receipt names a card only if the answer does', async () => {
  const { press, storage } = page({ answers: [{ ...PAID, payment_method: 'pm_another' }] });
  await press();
  assert.equal('card' in JSON.parse(storage.getItem('till.receipt')), false);
});

test('twenty presses, one request', async () => {
  const { press, sent } = page({ answers: [PAID] });
  await Promise.all(Array.from({ length: 20 }, () => press()));
  assert.equal(sent.length, 1);
});

test('another card after a decline goes to the same PaymentIntent, under the same id, marked as a re-send', async () => {
  const { press, payment, sent } = page({ answers: [DECLINED, PAID] });
  await press();
  assert.equal(payment.state, 'declined');
  assert.equal(payment.detail.code, 'insufficient_funds');
  await press();
  assert.equal(payment.state, 'paid');
  const [first, second] = sent;
  assert.equal(second.path, '/api/payments/pi_1/confirm');
  assert.deepEqual([second.key, second.resend], [first.key, true]);
  assert.deepEqual(second.body, { payment_method: 'pm_2', currency: 'usd', expected_total: 1099, publishable_key: 'pk_test_1', receipt_email: 'ada@example.com' });
});

test('an unknown outcome is checked with the very same request', async () => {
  const { press, payment, sent } = page({ answers: [UNKNOWN, UNKNOWN, PAID] });
  await press();
  assert.equal(payment.state, 'unknown');
  await press();
  assert.equal(sent.length, 1, 'nothing can be paid meanwhile');
  await payment.check();
  assert.equal(payment.state, 'unknown');
  await payment.check();
  assert.equal(payment.state, 'paid');
  assert.deepEqual(sent.map(({ resend }) => resend), [false, true, true]);
  for (const { key, path, body } of sent) assert.deepEqual([key, path, body], [sent[0].key, sent[0].path, sent[0].body]);
});

test('a reload in the middle of a send asks what became of it', async () => {
  const { press, storage, sent } = page({ answers: [() => new Promise(() => {})] });
  press();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const reloaded = page({ storage, answers: [PAID] });
  await reloaded.payment.sync();
  assert.equal(reloaded.payment.state, 'unknown');
  await reloaded.payment.start(CONFIG);
  assert.equal(reloaded.payment.state, 'paid');
  assert.deepEqual([reloaded.sent[0].key, reloaded.sent[0].body, reloaded.sent[0].resend], [sent[0].key, { ...sent[0].body, settle: true }, true]);
});

test('a reload after a decline still pays the same PaymentIntent', async () => {
  const { press, storage, sent } = page({ answers: [DECLINED] });
  await press();
  const reloaded = page({ storage, answers: [PAID] });
  await reloaded.payment.sync();
  assert.equal(reloaded.payment.state, 'declined');
  await reloaded.press();
  assert.deepEqual([reloaded.sent[0].path, reloaded.sent[0].key], ['/api/payments/pi_1/confirm', sent[0].key]);
});

test('another cart after a decline: the old checkout is voided first, then another is minted', async () => {
  const { press, payment, sent, states } = page({ answers: [DECLINED, closed('checkout_closed'), { ...PAID, amount: 2198 }] });
  await press();
  await press(OTHER);
  assert.equal(payment.state, 'paid');
  const [first, closing, second] = sent;
  assert.deepEqual([closing.path, closing.key, closing.resend, closing.body], ['/api/payments/void', first.key, true, { publishable_key: 'pk_test_1' }]);
  assert.notEqual(second.key, first.key);
  assert.deepEqual([second.path, second.resend], ['/api/payments', false]);
  assert.deepEqual(states.slice(3), ['tokenizing', 'closing', 'tokenizing', 'sending', 'paid'], 'no outcome is shown in between');
});

test('another cart, but the old one turns out paid: that is shown, and nothing more is charged', async () => {
  const { press, payment, sent } = page({ answers: [DECLINED, PAID] });
  await press();
  await press(OTHER);
  assert.equal(payment.state, 'paid');
  assert.equal(sent.length, 2);
});

test('another cart, and the old one cannot be closed: unknown, and no other id', async () => {
  const { press, payment, sent, storage } = page({ answers: [DECLINED, UNKNOWN, UNKNOWN, closed('checkout_closed')] });
  await press();
  const { key } = sent[0];
  await press(OTHER);
  assert.equal(payment.state, 'unknown');
  assert.equal(payment.detail.leaving, true);
  assert.equal(JSON.parse(storage.getItem('till.checkout')).id, key);
  await payment.check();
  assert.equal(sent.at(-1).path, '/api/payments/void', 'checking goes on cancelling: it never charges');
  await payment.check();
  assert.equal(payment.state, 'not_attempted');
  assert.equal(payment.detail.code, 'cancelled');
  assert.equal(storage.getItem('till.checkout'), null);
});

test('an answer that a void cannot have is unknown, and no busy state stays', async () => {
  const { press, payment } = page({ answers: [UNKNOWN, DECLINED] });
  await press();
  await payment.cancel();
  assert.equal(payment.state, 'unknown');
});

test('a refusal of a first send leaves the id usable; its next send is a re-send', async () => {
  const { press, payment, sent, storage } = page({ answers: [open('rate_limited'), PAID] });
  await press();
  assert.equal(payment.state, 'not_attempted');
  assert.equal(storage.getItem('till.checkout').includes('ada@'), false);
  await press();
  assert.deepEqual([sent[1].key, sent[1].resend], [sent[0].key, true]);
});

test('a refusal of a re-send means that the checkout is closed: the next press mints another', async () => {
  const { press, payment, sent, storage } = page({ answers: [closed('rate_limited'), PAID] });
  await press();
  assert.equal(storage.getItem('till.checkout'), null);
  await press();
  assert.equal(payment.state, 'paid');
  assert.notEqual(sent[1].key, sent[0].key);
  assert.equal(sent[1].resend, false);
});

test('an expired or closed checkout is over, whichever send it was', async () => {
  for (const code of ['checkout_expired', 'checkout_closed']) {
    const { press, storage } = page({ answers: [closed(code)] });
    await press();
    assert.equal(storage.getItem('till.checkout'), null);
  }
});

test('nothing is sent offline, without storage, without locks, without a config, or with an outdated key', async () => {
  const cases = [
    ['offline', { tokenize: async () => ({ code: 'offline' }) }],
    ['offline', { configured: () => Promise.reject(Object.assign(new Error(), { code: 'offline' })) }],
    ['no_storage', { storage: Object.assign(new Storage(), { setItem() {} }) }],
    ['no_storage', { locks: { request: () => Promise.reject(Object.assign(new Error(), { code: 'no_storage' })) } }],
    ['no_service', { configured: () => Promise.reject(Object.assign(new Error(), { code: 'no_service' })) }],
    ['page_outdated', { configured: async () => null }],
    ['no_service', { tokenize: async () => ({ code: 'no_service' }) }],
  ];
  for (const [code, parts] of cases) {
    const { press, payment, sent } = page(parts);
    await press();
    assert.equal(payment.state, 'not_attempted', code);
    assert.equal(payment.detail.code, code);
    assert.equal(sent.length, 0, code);
  }
});

test('two tabs press at once: one request, and both say paid', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [PAID] });
  const second = page({ ...origin, answers: [PAID] });
  await Promise.all([first.press(), second.press()]);
  assert.equal(first.sent.length + second.sent.length, 1);
  assert.deepEqual([first.payment.state, second.payment.state], ['paid', 'paid']);
  assert.equal(second.payment.otherTab.state, null);
});

test('a tab that has not heard yet looks before it pays', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [PAID] });
  const second = page({ ...origin, answers: [PAID] });
  await first.press();
  await second.press();
  assert.equal(second.sent.length, 0);
  assert.equal(second.payment.state, 'paid');
});

test('tabs keep in step: unknown in one is unknown in the other, and paid in one is paid in both', async () => {
  const origin = { storage: new Storage(), locks: new Locks() };
  const first = page({ ...origin, answers: [UNKNOWN] });
  const second = page({ ...origin, answers: [PAID] });
  await first.press();
  await second.payment.sync();
  assert.equal(second.payment.state, 'unknown');
  await second.payment.check();
  await first.payment.sync();
  assert.deepEqual([first.payment.state, second.payment.state], ['paid', 'paid']);
});

test('a test-mode attempt of another key is dropped under the lock, a live one is not', async () => {
  for (const [livemode, state] of [[false, 'idle'], [true, 'unknown']]) {
    const storage = new Storage();
    const left = page({ storage, answers: [UNKNOWN], configured: async () => ({ publishable_key: 'pk_old', livemode, serverNow: () => NOW, latest: () => NOW }) });
    await left.press();
    const locks = new Locks();
    let letGo;
    locks.request('till.checkout', () => new Promise((resolve) => (letGo = resolve)));
    const opened = page({ storage, locks, answers: [UNKNOWN] });
    const started = opened.payment.start(CONFIG);
    await soon();
    assert.ok(opened.stored(), 'another tab holds the lock');
    letGo();
    await started;
    assert.equal(opened.dropped.length, livemode ? 0 : 1);
    assert.equal(opened.payment.state, state);
    assert.equal(opened.stored() === null, !livemode);
  }
});

test('the receipt stays until the shopper goes on', async () => {
  const { press, payment, storage } = page({ answers: [PAID] });
  await press();
  const reloaded = page({ storage });
  await reloaded.payment.sync();
  assert.equal(reloaded.payment.state, 'paid');
  reloaded.payment.startOver();
  assert.equal(reloaded.payment.state, 'idle');
  assert.equal(storage.getItem('till.receipt'), null);
  await payment.sync();
  assert.equal(payment.state, 'paid', 'the tab that shows it keeps it');
});
