// An origin without a browser: storage, Web Locks, and pages whose requests get the answers they are given.
import { CheckoutStore } from '../../../static-site/app/checkout-store.js';
import { Payment } from '../../../static-site/app/payment.js';

export const NOW = 1_795_309_835_123;
export const CART = { items: [{ sku: 'star-map', quantity: 1 }], currency: 'usd', total: 1099 };
export const OTHER = { items: [{ sku: 'star-map', quantity: 2 }], currency: 'usd', total: 2198 };
const SHOPPER = { email: 'ada@example.com', name: 'Ada', postal_code: '94107', country: 'US' };
export const PAID = { outcome: 'paid', payment_intent: 'pi_1', payment_method: 'pm_1', amount: 1099, currency: 'usd', created: 1, livemode: false, items: CART.items, client_secret: 'pi_1_secret_2' };
export const DECLINED = { outcome: 'declined', payment_intent: 'pi_1', code: 'insufficient_funds', advice: 'use_another_card' };
export const ACTION = { outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_1_secret_2' };
export const open = (code, more = {}) => ({ outcome: 'not_attempted', checkout: 'open', code, ...more });
export const closed = (code, more = {}) => ({ outcome: 'not_attempted', checkout: 'closed', code, ...more });
export const UNKNOWN = { outcome: 'unknown' };
export const CONFIG = { publishable_key: 'pk_test_1', livemode: false, serverNow: () => NOW, latest: () => NOW };
export const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

export class Storage {
  map = new Map();
  getItem = (key) => this.map.get(key) ?? null;
  setItem = (key, value) => this.map.set(key, value);
  removeItem = (key) => this.map.delete(key);
}

/** Web Locks of one origin: one holder, `ifAvailable`, a queue. */
export class Locks {
  #tail = Promise.resolve();
  #held = 0;
  async request(_, options, work = options) {
    if (options.ifAvailable && this.#held) return work(null);
    this.#held += 1;
    const mine = this.#tail.then(() => work({}));
    this.#tail = mine.catch(() => {}).finally(() => (this.#held -= 1));
    return mine;
  }
}

/** A page of the origin (`storage`, `locks`) whose requests get `answers`, in turn. */
export function page({ storage = new Storage(), locks = new Locks(), answers = [], timers = globalThis, ...parts } = {}) {
  const sent = [];
  const states = [];
  const challenges = [];
  const errors = [];
  const dropped = [];
  const now = parts.now ?? (() => NOW);
  const store = new CheckoutStore(storage, now);
  store.restore();
  let cards = 0;
  const payment = new Payment({
    store,
    locks,
    setTimeout: timers.setTimeout,
    clearTimeout: timers.clearTimeout,
    send: async (path, request) => {
      sent.push({ path, ...request, body: JSON.parse(request.body), stored: JSON.parse(storage.getItem('till.checkout')) });
      const answer = answers.shift();
      return typeof answer === 'function' ? answer() : answer;
    },
    tokenize: async () => ({ id: `pm_${(cards += 1)}`, brand: 'visa', last4: '4242' }),
    challenge: async (clientSecret) => void challenges.push(clientSecret),
    configured: async () => CONFIG,
    serverNow: () => NOW,
    now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    report: (error) => errors.push(error),
    onChange: () => states.at(-1) !== payment.state && states.push(payment.state),
    onDropped: () => dropped.push(true),
    ...parts,
  });
  const press = (cart = CART) => payment.pay({ cart, shopper: SHOPPER });
  const stored = (key = 'till.checkout') => JSON.parse(storage.getItem(key));
  return { payment, sent, states, challenges, errors, dropped, storage, locks, store, press, stored };
}
