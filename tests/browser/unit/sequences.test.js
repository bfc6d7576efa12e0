// Sequences that broke a promise of the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../../static-site/app/api.js';
import { viewOf } from '../../../static-site/app/view.js';
import { CART, CONFIG, DECLINED, Locks, NOW, OTHER, PAID, Storage, UNKNOWN, closed, page, soon } from './origin.js';

const HOUR = 3_600_000;

/** The config that a page took when it was opened, and that the machine then slept over: `performance.now()` stood still. */
async function sleptOver(slept) {
  let wall = NOW - slept;
  const fetch = async () => ({ status: 200, text: async () => JSON.stringify({ publishable_key: 'pk_test_1', livemode: false, now: NOW - slept }), headers: new Map() });
  const config = await new Api({ fetch, setTimeout, clearTimeout, now: () => wall, ticks: () => 0, random: () => 0 }).config();
  wall = NOW;
  return config;
}

const never = () => new Promise(() => {});

/** Timers by hand: `fire()` runs all that wait. */
class Timers {
  #all = new Map();
  setTimeout = (work) => (this.#all.set(work, work), work);
  clearTimeout = (timer) => this.#all.delete(timer);
  fire = () => [...this.#all.values()].forEach((work) => (this.#all.delete(work), work()));
}

test('a tab that was open before the machine slept drops no checkout of now: one charge', async () => {
  const world = { storage: new Storage(), locks: new Locks() };
  const old = page(world);
  await old.payment.start(await sleptOver(HOUR));
  const { payment, press, sent } = page({ ...world, answers: [UNKNOWN, PAID] });
  await payment.sync();
  await press();
  assert.equal(payment.state, 'unknown');
  await old.payment.sync(); // the storage event
  await payment.sync(); // and its own
  assert.equal(payment.state, 'unknown');
  await press();
  assert.equal(sent.length, 1, 'no second id');
});

test('the page that slept, and then paid, keeps its own unknown payment when it comes back from the back/forward cache', async () => {
  const { payment, press, stored } = page({ answers: [UNKNOWN] });
  await payment.start(await sleptOver(HOUR));
  await press(); // `configured` answers a fresh config
  assert.equal(payment.state, 'unknown');
  await payment.sync(); // pageshow
  assert.equal(payment.state, 'unknown');
  assert.ok(stored());
});

test('“Check again” sends what the page shows: a tab that was frozen meanwhile shows the other checkout', async () => {
  const world = { storage: new Storage(), locks: new Locks() };
  const frozen = page({ ...world, answers: [UNKNOWN, PAID] });
  await frozen.press();
  const other = page({ ...world, answers: [closed('checkout_closed'), UNKNOWN] });
  await other.payment.sync();
  await other.payment.cancel();
  await other.press(OTHER);
  await frozen.payment.sync(); // the storage events, late
  assert.equal(frozen.payment.state, 'unknown');
  assert.equal(frozen.payment.detail.cart.total, OTHER.total);
});

for (const state of ['declined', 'not_attempted']) {
  test(`while another tab pays, no tab says that nothing is charged (${state})`, () => {
    assert.notEqual(viewOf({ state, open: null, otherTab: { state: 'waiting' } }), state);
  });
}

/** A page that waits for another one which sleeps in the middle of a payment, and has lost its patience. */
async function stalled({ answers, before = [], first, cart = CART }) {
  const world = { storage: new Storage(), locks: new Locks() };
  const timers = new Timers();
  const asleep = page({ ...world, answers: [...before, ...first] });
  for (const _ of before) await asleep.press();
  const waiting = page({ ...world, timers, answers });
  asleep.press(cart);
  await soon();
  waiting.payment.sync();
  await soon();
  timers.fire();
  assert.equal(waiting.payment.otherTab.state, 'stalled');
  return { asleep, waiting, ...world };
}

test('a `paid` that comes after the other tab has let go is not lost', async () => {
  let wake, tell;
  const { waiting } = await stalled({ first: [() => new Promise((resolve) => (wake = resolve))], answers: [() => new Promise((resolve) => (tell = resolve))] });
  const asked = waiting.payment.askMeanwhile();
  wake(UNKNOWN); // as the text says: “Close that tab, or check here”
  await soon();
  tell(PAID);
  await asked;
  assert.equal(waiting.payment.state, 'paid');
});

test('“nothing was charged” is not said of a checkout that the other tab has left for another one', async () => {
  let wake;
  const { waiting, asleep } = await stalled({ before: [DECLINED], first: [() => new Promise((resolve) => (wake = resolve)), never], cart: OTHER, answers: [() => (wake(closed('checkout_closed')), soon().then(() => closed('checkout_closed')))] });
  await waiting.payment.askMeanwhile();
  assert.equal(asleep.payment.state, 'sending', 'the next checkout is being paid');
  assert.notEqual(waiting.payment.otherTab.told, 'closed');
});

test('a storage that fails to read once loses no checkout', async () => {
  const storage = new Storage();
  await page({ storage, answers: [UNKNOWN] }).press();
  const { getItem } = storage;
  const failing = new Set(['till.checkout']);
  storage.getItem = (name) => {
    if (failing.delete(name)) throw new Error('not now');
    return getItem(name);
  };
  const reloaded = page({ storage });
  await reloaded.payment.sync();
  assert.equal(reloaded.payment.state, 'unknown');
});

test('a storage that is cleared while a payment is sent gets it back before it is sent again', async () => {
  const storage = new Storage();
  let stored;
  const { payment, press } = page({
    storage,
    send: async (_, __, onWait) => {
      storage.map.clear();
      payment.sync(); // the storage event
      onWait();
      stored = storage.getItem('till.checkout'); // what a reload would find
      return PAID;
    },
  });
  await press();
  assert.ok(stored);
});

/** A page that holds a checkout, and hears of nothing while another one closes it, loses the mark of that, and pays for its own cart. */
async function deaf({ answers }) {
  const world = { storage: new Storage(), locks: new Locks() };
  const frozen = page({ ...world, answers: [...answers] });
  await frozen.press();
  const other = page({ ...world, answers: [closed('checkout_closed'), PAID] });
  await other.payment.sync();
  await other.payment.cancel();
  world.storage.map.clear();
  await other.payment.sync();
  await other.press(OTHER);
  assert.equal(other.payment.state, 'paid');
  return frozen;
}

test('a decline that another tab has left and forgotten gives way to the receipt of that tab: no second payment', async () => {
  const { payment, press, sent } = await deaf({ answers: [DECLINED] });
  await press();
  await press();
  assert.equal(payment.state, 'paid');
  assert.equal(sent.length, 1);
});

test('the next press after an old payment turns out to be closed shows the receipt of another tab: no second payment', async () => {
  const { payment, press, sent } = await deaf({ answers: [UNKNOWN, closed('checkout_closed')] });
  await payment.sync();
  assert.equal(payment.state, 'unknown');
  await payment.check();
  assert.equal(payment.state, 'not_attempted');
  await press();
  assert.equal(payment.state, 'paid');
  assert.equal(sent.length, 2);
});

test('a press that first leaves another cart pays nothing where another tab has paid', async () => {
  const { payment, press, sent } = await deaf({ answers: [UNKNOWN, DECLINED, closed('checkout_closed')] });
  await payment.sync();
  await payment.check();
  assert.equal(payment.state, 'declined');
  await press(OTHER);
  assert.equal(payment.state, 'paid');
  assert.equal(sent.length, 3);
});

test('a browser that is killed right after the press, and forgets what it wrote last, sends the same id again', async () => {
  const storage = new Storage();
  const killed = page({ storage, answers: [() => new Promise(() => {})] });
  await killed.payment.start(CONFIG);
  await killed.payment.prepare(CART); // the card is being filled in
  const written = new Map(storage.map);
  killed.press();
  await soon();
  storage.map = written;
  const again = page({ storage, answers: [PAID] });
  await again.payment.start(CONFIG);
  await again.press();
  assert.equal(killed.sent[0].key, again.sent[0].key);
});

test('filling a card in where nothing can be stored changes nothing that is shown', async () => {
  const storage = new Storage();
  storage.setItem = () => {
    throw new Error('full');
  };
  const { payment, states, errors } = page({ storage });
  await payment.start(CONFIG);
  await payment.prepare(CART);
  assert.deepEqual([payment.state, states, errors], ['idle', [], []]);
});

test('a browser that was killed comes back without what it stored last: what looks unsent is sent as a re-send', async () => {
  const world = { storage: new Storage(), locks: new Locks() };
  const before = page(world);
  await before.payment.start(CONFIG);
  await before.payment.prepare(CART); // and then it was sent, which storage does not say
  const { payment, press, sent } = page({ ...world, answers: [PAID] });
  await payment.start(CONFIG);
  await press();
  assert.deepEqual([sent.length, sent[0].resend, payment.state], [1, true, 'paid']);
});
