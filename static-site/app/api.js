// Requests to /api: each is sent until its outcome is known.
import { ADVICE } from './checkout.js';
import { isAmount, isCode, isConfig, isCurrency, isItems, isPaymentIntent, isSeconds, parseJson } from './stored.js';

const TIMEOUT = 35_000; // ms, past API Gateway's 30 s
const PATIENCE = 75_000;
const RESENDS = 4;
const CONFIG_HOLDS = 600_000;

const READ = {
  paid: (status, { payment_intent, payment_method, amount, currency, created, livemode, items, refunded }) =>
    status === 200 &&
    isPaymentIntent(payment_intent) &&
    isAmount(amount) &&
    isCurrency(currency) && {
      ...{ payment_intent, payment_method, amount, currency, livemode: livemode !== false },
      ...(isSeconds(created) && { created }),
      items: isItems(items) ? items : [],
      ...(isAmount(refunded) && refunded > 0 && { refunded }),
    },

  requires_action: (status, { payment_intent, client_secret }) =>
    status === 200 && isPaymentIntent(payment_intent) && String(client_secret).startsWith(`${payment_intent}_secret_`) && { payment_intent, client_secret },

  declined(status, { payment_intent, error }) {
    const code = error?.decline_code ?? error?.code;
    return status === 402 && isPaymentIntent(payment_intent) && isCode(code) && { payment_intent, code, advice: ADVICE.includes(error.advice) ? error.advice : 'contact_issuer' };
  },

  not_attempted: (status, { checkout, error, total, currency }) =>
    status >= 400 &&
    ['open', 'closed'].includes(checkout) &&
    isCode(error?.code) && { checkout, code: error.code, param: error.param, ...(isAmount(total) && isCurrency(currency) && { total, currency }) },
};

/** What does not say its outcome exactly is unknown. */
export function parseOutcome(status, text) {
  const body = parseJson(text) ?? {};
  const { outcome } = body;
  const told = Object.hasOwn(READ, outcome) && READ[outcome](status, body);
  return told ? { outcome, ...told } : { outcome: 'unknown' };
}

/** 1, 2, 4, 8 s, jittered, in ms; longer if `Retry-After` asks for it. */
export function retryDelay(n, retryAfter, random) {
  const backoff = Math.min(1000 * 2 ** n, 8000) * (0.75 + random / 2);
  return Math.max(backoff, Math.min(retryAfter * 1000 || 0, 15_000));
}

export class Api {
  key; // the publishable key of the first config: the card fields are made with it
  #config;
  #platform;

  constructor(platform) {
    this.#platform = platform;
  }

  async #request(path, options) {
    const { fetch, setTimeout, clearTimeout } = this.#platform;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await fetch(path, { ...options, signal: abort.signal, cache: 'no-store', credentials: 'omit' });
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get('Retry-After') };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Milliseconds, by whichever clock says more: one of them stands still while the machine sleeps. */
  #stopwatch() {
    const { now, ticks } = this.#platform;
    const [wall, tick] = [now(), ticks()];
    return () => Math.max(ticks() - tick, Math.abs(now() - wall));
  }

  /** Sends the same request until its outcome is known, for about a minute: then the press that it belongs to is over. */
  sendUntilKnown = async (path, { key, body, resend }, onWait = () => {}) => {
    const { setTimeout, random } = this.#platform;
    const elapsed = this.#stopwatch();
    for (let n = 0; ; n++) {
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...((resend || n > 0) && { 'Till-Resend': 'true' }) };
      const reply = await this.#request(path, { method: 'POST', headers, body }).catch(() => ({}));
      const answer = parseOutcome(reply.status, reply.text);
      const wait = retryDelay(n, reply.retryAfter, random());
      if (answer.outcome !== 'unknown' || n >= RESENDS || elapsed() + wait > PATIENCE) return answer;
      onWait();
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (elapsed() > PATIENCE) return answer; // the machine slept
    }
  };

  /** With the server's clock: `serverNow`, which stands still while the machine sleeps, and the `latest` that it can be. */
  config = async () => {
    const age = this.#stopwatch();
    const { status, text } = await this.#request('/api/config');
    const told = parseJson(text);
    if (status !== 200 || !isConfig(told)) throw new Error('no config of ours');
    const { publishable_key, livemode, card_authentication, now } = told;
    const { ticks } = this.#platform;
    const start = ticks();
    this.key ??= publishable_key;
    return (this.#config = { publishable_key, livemode, handles: card_authentication === 'handle', serverNow: () => now + Math.round(ticks() - start), latest: () => now + age(), age });
  };

  serverNow = () => this.#config?.serverNow();

  /** One that is not old. Null: the card fields are of another key. */
  configured = async () => {
    const config = this.#config?.age() < CONFIG_HOLDS ? this.#config : await this.config().catch(() => this.#unreachable());
    return config.publishable_key === this.key ? config : null;
  };

  #unreachable() {
    const code = this.#platform.isOnline() ? 'no_service' : 'offline';
    throw Object.assign(new Error(code), { code });
  }
}
