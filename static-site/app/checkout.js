// A checkout: one id for one cart, in one slot of the origin, until it is paid or closed; and its requests to /api.

const SLOT = 'till.checkout';
const RECEIPT = 'till.receipt';
const HOUR = 3_600_000;
const TIMEOUT = 35_000; // ms, past API Gateway's 30 s
const PATIENCE = 75_000;
const RESENDS = 4;
const ADVICE = ['correct_details', 'use_another_card', 'try_again', 'contact_issuer'];

/** The function takes no older checkout (ms). */
export const LIFETIME = 23 * HOUR;

/** A UUIDv7 (RFC 9562) of the server's `now` (Unix ms). */
export function mintId(now, random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = [...random];
  bytes[0] = 0x70 | (bytes[0] & 0x0f);
  bytes[2] = 0x80 | (bytes[2] & 0x3f);
  const hex = now.toString(16).padStart(12, '0') + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const mintedAt = (id) => parseInt(id.replace('-', '').slice(0, 12), 16);

const chosen = ({ items, currency }) => JSON.stringify([items, currency]);

/**
 * `{id, publishable_key, livemode, sent, cart, cards, payment_intent?, declined?, attempt?}`. `sent` is stored before the first request
 * leaves: whoever comes next re-sends. `attempt` is the unsettled request `{path, body, at, action?}`, with the only e-mail kept. `action`:
 * the bank asks; the client_secret is not kept, the same request brings it again.
 */
export class Slot {
  #storage;
  #seen = null;

  constructor(storage) {
    this.#storage = storage;
  }

  #read(name) {
    try {
      return JSON.parse(this.#storage.getItem(name));
    } catch {
      return null;
    }
  }

  /** What cannot be read back was not stored, and must not be sent. */
  #write(name, value) {
    const text = JSON.stringify(value);
    try {
      this.#storage.setItem(name, text);
    } catch {
      // full, or forbidden
    }
    if (this.#storage.getItem(name) !== text) throw Object.assign(new Error(`${name} was not stored`), { code: 'no_storage' });
    this.#seen = this.#snapshot();
  }

  #erase(name) {
    this.#storage.removeItem(name);
    this.#seen = this.#snapshot();
  }

  #settle(change) {
    const { attempt, ...rest } = this.peek();
    this.#write(SLOT, { ...rest, ...change });
  }

  #snapshot = () => [SLOT, RECEIPT].map((name) => this.#storage.getItem(name)).join();

  peek = () => this.#read(SLOT);

  /** From here on the page knows it. */
  look() {
    this.#seen = this.#snapshot();
    return this.peek();
  }

  changedElsewhere = () => this.#seen !== this.#snapshot();

  /** Whether something was sent for another cart. */
  mustLeave(cart) {
    const slot = this.peek();
    return Boolean(slot?.sent) && (chosen(slot.cart) !== chosen(cart) || Boolean(slot.payment_intent && slot.cart.total !== cart.total));
  }

  /** The open checkout, or a new one; stored either way. */
  open(cart, { now, publishable_key, livemode }) {
    const slot = this.peek();
    const usable = slot && (slot.sent || now - mintedAt(slot.id) < LIFETIME);
    const checkout = usable ? { ...slot, cart } : { id: mintId(now), publishable_key, livemode, sent: false, cart, cards: [] };
    this.#write(SLOT, checkout);
    return checkout;
  }

  /** Answers the checkout as it was before. */
  sending(attempt, card) {
    const slot = this.peek();
    const { declined, ...rest } = slot;
    this.#write(SLOT, { ...rest, sent: true, cards: card ? [...slot.cards, card] : slot.cards, attempt });
    return slot;
  }

  acting(payment_intent) {
    const slot = this.peek();
    this.#write(SLOT, { ...slot, payment_intent, attempt: { ...slot.attempt, action: true } });
  }

  declined(payment_intent, declined) {
    this.#settle({ payment_intent, declined });
  }

  /** The checkout can still be used. */
  refused() {
    this.#settle();
  }

  clear() {
    this.#erase(SLOT);
  }

  paid(receipt) {
    this.#write(RECEIPT, receipt);
    this.clear();
  }

  receipt(now = Date.now()) {
    const receipt = this.#read(RECEIPT);
    return receipt && now - receipt.kept < 24 * HOUR ? receipt : null;
  }

  dismiss() {
    this.#erase(RECEIPT);
  }
}

/** What does not say its outcome exactly is unknown. */
export function read(status, text) {
  let body;
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    body = {};
  }
  const { outcome, error, payment_intent, client_secret, total } = body;
  const named = /^pi_[A-Za-z0-9]+$/.test(payment_intent);
  if (outcome === 'paid' && status === 200 && named && Number.isInteger(body.amount)) return body;
  if (outcome === 'requires_action' && status === 200 && named && String(client_secret).startsWith(`${payment_intent}_secret_`)) return { outcome, payment_intent, client_secret };
  if (outcome === 'declined' && status === 402 && named && error?.code) {
    return { outcome, payment_intent, code: error.decline_code ?? error.code, advice: ADVICE.includes(error.advice) ? error.advice : 'contact_issuer' };
  }
  if (outcome === 'not_attempted' && status >= 400 && error?.code) return { outcome, code: error.code, param: error.param, total: Number.isInteger(total) ? total : undefined };
  return { outcome: 'unknown' };
}

/** 1, 2, 4, 8 s, jittered, in ms; longer if `Retry-After` asks for it. */
export function delay(n, retryAfter, random = Math.random()) {
  const backoff = Math.min(1000 * 2 ** n, 8000) * (0.75 + random / 2);
  return Math.max(backoff, Math.min(retryAfter * 1000 || 0, 15_000));
}

async function request(path, options) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const response = await fetch(path, { ...options, signal: abort.signal, cache: 'no-store', credentials: 'omit' });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('Retry-After') };
  } finally {
    clearTimeout(timer);
  }
}

/** Sends the same request until its outcome is known, for about a minute. `resend` in the answer: a refusal closed the checkout. */
export async function settle(path, { key, body, resend }, onWait = () => {}) {
  const start = performance.now();
  for (let n = 0; ; n++) {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...(resend && { 'Till-Resend': 'true' }) };
    const reply = await request(path, { method: 'POST', headers, body }).catch(() => ({}));
    const answer = { ...read(reply.status, reply.text), resend };
    const wait = delay(n, reply.retryAfter);
    if (answer.outcome !== 'unknown' || n >= RESENDS || performance.now() - start + wait > PATIENCE) return answer;
    onWait();
    await new Promise((resolve) => setTimeout(resolve, wait));
    resend = true;
  }
}

/** With the server's clock, and its age by whichever clock says more (ms). */
export async function config() {
  const { status, text } = await request('/api/config');
  const { publishable_key, livemode, card_authentication, now } = JSON.parse(text);
  if (status !== 200 || !/^pk_/.test(publishable_key) || !Number.isInteger(now)) throw new Error('no config of ours');
  const [ticks, wall] = [performance.now(), Date.now()];
  return {
    publishable_key,
    livemode,
    handles: card_authentication === 'handle',
    serverNow: () => now + Math.round(performance.now() - ticks),
    age: () => Math.max(performance.now() - ticks, Math.abs(Date.now() - wall)),
  };
}
