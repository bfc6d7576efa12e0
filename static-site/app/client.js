// The client of /api: one request at a time, sent again by itself until its outcome is known or patience ends.

const TIMEOUT = 35_000; // just past API Gateway's 30 s
const PATIENCE = 75_000;
const RESENDS = 4;

const PAYMENT_INTENT = /^pi_[A-Za-z0-9]+$/;
const ADVICE = ['correct_details', 'use_another_card', 'try_again', 'contact_issuer'];
const UNKNOWN = { outcome: 'unknown' };

/**
 * What an answer says about the checkout, by the HTTP contract. Whatever does not say it exactly is `unknown`:
 * HTML of an edge, a cut body, an outcome beside a status it does not go with, and `requires_action`, which this page cannot act on.
 */
export function read(status, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return UNKNOWN;
  }
  if (body === null || typeof body !== 'object') return UNKNOWN;
  const { outcome, error, payment_intent } = body;
  const named = typeof payment_intent === 'string' && PAYMENT_INTENT.test(payment_intent);
  if (outcome === 'paid' && status === 200 && named && Number.isInteger(body.amount)) return { ...body };
  if (outcome === 'declined' && status === 402 && named && error?.code) {
    const advice = ADVICE.includes(error.advice) ? error.advice : 'contact_issuer';
    return { outcome, payment_intent, code: error.decline_code ?? error.code, advice };
  }
  if (outcome === 'not_attempted' && status >= 400 && error?.code) {
    return { outcome, code: error.code, param: error.param, total: Number.isInteger(body.total) ? body.total : undefined };
  }
  return { ...UNKNOWN, code: error?.code };
}

/** Milliseconds before the n-th re-send (0 is the first): 1, 2, 4 … s, jittered, and never sooner than `Retry-After` (seconds) asks. */
export function delay(n, retryAfter, random = Math.random()) {
  const backoff = Math.min(1000 * 2 ** n, 8000) * (0.75 + random / 2);
  const asked = Number(retryAfter) * 1000;
  return asked > 0 ? Math.max(backoff, Math.min(asked, 15_000)) : backoff;
}

async function post(path, { key, body, resend }) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  if (resend) headers['Till-Resend'] = 'true';
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const response = await fetch(path, { method: 'POST', headers, body, signal: abort.signal, cache: 'no-store', credentials: 'omit' });
    return { ...read(response.status, await response.text()), retryAfter: response.headers.get('Retry-After') };
  } catch {
    return UNKNOWN; // it may have arrived all the same
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends the very same request until its outcome is known, with backoff, for about a minute. Every send but a checkout's first is marked as a
 * re-send; the answer says whether the last one was (`resend`), since a refusal of a re-send means that the checkout is closed.
 */
export async function settle(path, { key, body, resend }, onWait = () => {}) {
  const start = performance.now();
  for (let n = 0; ; n++) {
    const again = resend || n > 0;
    const answer = await post(path, { key, body, resend: again });
    if (answer.outcome !== 'unknown') return { ...answer, resend: again };
    const wait = delay(n, answer.retryAfter);
    if (n >= RESENDS || performance.now() - start + wait > PATIENCE) return { ...answer, resend: again };
    onWait();
    await pause(wait);
  }
}

/** `GET /api/config`, and the server's clock: `serverNow()` in Unix milliseconds, `age()` of the answer in milliseconds by the slower-lying of two clocks. */
export async function config() {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const response = await fetch('/api/config', { signal: abort.signal, cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw new Error(`config: ${response.status}`);
    const { publishable_key, livemode, currencies, now } = await response.json();
    if (!/^pk_/.test(publishable_key) || !Number.isInteger(now)) throw new Error('config: not ours');
    const [ticks, wall] = [performance.now(), Date.now()];
    return {
      publishable_key,
      livemode,
      currencies,
      serverNow: () => now + Math.round(performance.now() - ticks),
      age: () => Math.max(performance.now() - ticks, Math.abs(Date.now() - wall)),
    };
  } finally {
    clearTimeout(timer);
  }
}
