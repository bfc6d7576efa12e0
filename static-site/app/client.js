// The client of /api.

const TIMEOUT = 35_000; // ms, past API Gateway's 30 s
const PATIENCE = 75_000;
const RESENDS = 4;
const ADVICE = ['correct_details', 'use_another_card', 'try_again', 'contact_issuer'];

/** An answer's outcome. What does not say it exactly is unknown. */
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

/** Milliseconds before the n-th re-send: 1, 2, 4, 8 s, jittered; later if `Retry-After` asks for it. */
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

/**
 * Sends the very same request until its outcome is known, for about a minute. The answer's `resend` says whether the last send was
 * marked as one: then a refusal means that the checkout is closed.
 */
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

/** `GET /api/config`, with the server's clock, and its own age by whichever clock says more (ms). */
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
