// A browser without a screen: pages that decide as they ship, over storage, Web Locks, timers and a network of the simulation's.
import { Api } from './app/api.js';
import { CheckoutStore } from './app/checkout-store.js';
import { Payment } from './app/payment.js';

const SHOPPER = { email: 'canary@example.com', name: 'Ada Canary', postal_code: '94107', country: 'US' };

globalThis.AbortController = class {
  signal = { aborted: false, onabort: null };
  abort() {
    this.signal.aborted = true;
    this.signal.onabort?.();
  }
};

/** What the pages of one origin share. */
class Origin {
  entries = new Map();
  full = false;
  #queue = []; // of Web Locks: the first one holds it

  storage = (page) => ({
    getItem: (name) => this.entries.get(name) ?? null,
    setItem: (name, text) => {
      if (this.full) throw new Error('QuotaExceededError');
      if (this.entries.get(name) === text) return;
      this.entries.set(name, text);
      host.written(page.number);
    },
    removeItem: (name) => {
      if (this.entries.delete(name)) host.written(page.number);
    },
  });

  request = (page, options, work) => {
    if (options.ifAvailable && this.#queue.length) return Promise.resolve(work(null));
    return new Promise((resolve, reject) => {
      this.#queue.push({ page, work: async () => work({}), resolve, reject });
      if (this.#queue.length === 1) this.#next();
    });
  };

  async #next() {
    const [first] = this.#queue;
    if (!first) return;
    const settle = await first.work().then(
      (value) => () => first.resolve(value),
      (error) => () => first.reject(error),
    );
    if (this.#queue[0] !== first) return; // its page was closed
    this.#queue.shift();
    settle();
    this.#next();
  }

  /** A page that is closed lets go of the lock. */
  leave(page) {
    const held = this.#queue[0]?.page === page;
    this.#queue = this.#queue.filter((one) => one.page !== page);
    if (held) this.#next();
  }
}

const origins = new Map();
const pages = new Map();

function originOf(number) {
  if (!origins.has(number)) origins.set(number, new Origin());
  return origins.get(number);
}

class Page {
  opening = false;
  pending = new Map(); // what it waits for: id → [resolve, reject]
  #last = 0;
  #shown;

  constructor(number, origin) {
    this.number = number;
    this.origin = origin;
    const platform = {
      fetch: (path, request = {}) => this.#fetch(path, request),
      setTimeout: (work, ms = 0) => this.#ask((id) => host.timer(number, id, ms), work),
      clearTimeout: (id) => this.pending.delete(id),
      now: () => host.now(number),
      ticks: () => host.ticks(),
      random: () => host.random(),
      isOnline: () => true,
      randomBytes: (length) => Uint8Array.from({ length }, () => host.random() * 256),
      locks: { request: (name, ...given) => (given[1] ? origin.request(this, ...given) : origin.request(this, {}, given[0])) },
      report: (error) => host.failed(number, `${error}\n${error.stack}`),
    };
    this.store = new CheckoutStore(origin.storage(this), platform.now);
    this.api = new Api(platform);
    this.payment = new Payment({
      ...platform,
      store: this.store,
      send: this.api.sendUntilKnown,
      tokenize: () => this.#call('tokenize', this.api.key),
      challenge: (secret) => this.api.key && this.#call('challenge', this.api.key, secret), // without Stripe.js there is no dialog
      configured: this.api.configured,
      serverNow: this.api.serverNow,
      onChange: () => this.#changed(),
      onDropped: () => {},
    });
  }

  #ask(send, resolve, reject) {
    const id = (this.#last += 1);
    this.pending.set(id, [resolve, reject]);
    send(id);
    return id;
  }

  #call = (name, ...given) => new Promise((resolve, reject) => this.#ask((id) => host[name](this.number, id, ...given), (json) => resolve(JSON.parse(json)), reject));

  #fetch = (path, { method = 'GET', headers = {}, body = '', signal }) =>
    new Promise((resolve, reject) => {
      const answer = (json) => {
        const { status, text, retryAfter } = JSON.parse(json);
        resolve({ status, text: async () => text, headers: { get: () => retryAfter } });
      };
      const id = this.#ask((id) => host.fetch(this.number, id, method, path, headers['Idempotency-Key'] ?? '', headers['Till-Resend'] === 'true', body), answer, reject);
      if (signal) signal.onabort = () => this.pending.delete(id) && reject(new Error('aborted'));
    });

  async open() {
    this.opening = true;
    this.payment.sync();
    const config = await this.api.config().finally(() => (this.opening = false));
    await this.payment.start(config);
  }

  async act(deed, cart) {
    const { payment } = this;
    if (deed === 'open') await this.open().catch(() => {}); // the page says so, and offers to try again
    else if (deed === 'pay') await payment.pay({ cart, shopper: SHOPPER });
    else if (deed === 'prepare') await payment.prepare(cart);
    else await payment[deed]();
    this.#changed();
  }

  view() {
    const { state, detail, busy, mayPay, otherTab, open } = this.payment;
    const held = this.store.value && { id: this.store.value.id, sent: this.store.value.sent, payment_intent: this.store.value.payment_intent };
    return { state, detail, busy: busy || this.opening, mayPay: mayPay && Boolean(this.api.key), otherTab: { state: otherTab.state, told: otherTab.told }, open, held, expired: this.payment.expired, mayAbandon: this.payment.mayAbandon };
  }

  #changed() {
    const view = JSON.stringify(this.view());
    if (view !== this.#shown) host.changed(this.number, view);
    this.#shown = view;
  }
}

globalThis.simulation = {
  openPage(number, origin) {
    pages.set(number, new Page(number, originOf(origin)));
  },
  closePage(number) {
    const page = pages.get(number);
    pages.delete(number);
    page?.origin.leave(page);
  },
  act(number, deed, json) {
    const page = pages.get(number);
    if (!page) return;
    page.act(deed, JSON.parse(json)).then(
      () => host.done(number, deed),
      (error) => host.failed(number, `${error}\n${error.stack}`),
    );
  },
  waits: (number, id) => (pages.get(number)?.pending.has(id) ? 'yes' : ''),
  resume(number, id, json, failed) {
    const waiting = pages.get(number)?.pending.get(id);
    if (!waiting) return;
    pages.get(number).pending.delete(id);
    if (failed) waiting[1](new Error(json));
    else waiting[0](json);
  },
  stored: (origin) => JSON.stringify(Object.fromEntries(origins.get(origin)?.entries ?? [])),
  fill(origin, full) {
    if (origins.has(origin)) origins.get(origin).full = full;
  },
  /** What an earlier visit left. */
  store(origin, name, text) {
    originOf(origin).entries.set(name, text);
  },
  clear(origin) {
    origins.get(origin)?.entries.clear();
  },
  reset() {
    origins.clear();
    pages.clear();
  },
};
