// The sandbox as a process of its own, and Stripe's SDK as its client.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';

export const VERSION = '2026-07-29.dahlia';
export const fixture = (name) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));

const PRINTED = [/http:\/\/127\.0\.0\.1:\d+/, /sk_test_\w+/, /rk_test_\w+/, /pk_test_\w+/];
const repository = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const program = join(process.env.CARGO_TARGET_DIR ?? join(repository, 'target'), 'debug', 'sandbox');

/** Starts a sandbox that ends with the test file, and reads its address and keys from what it prints. */
export async function startSandbox() {
  const child = spawn(program, ['--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => child.kill());
  let printed = '';
  const [url, secretKey, restrictedKey, publishableKey] = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program} does not start (make build): ${error.message}`)));
    const late = setTimeout(() => reject(new Error(`${program} did not print its address and keys, but: ${printed}`)), 10_000);
    child.once('exit', () => reject(new Error(`${program} ended, having said: ${printed}`)));
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const found = PRINTED.map((pattern) => pattern.exec(printed)?.[0]);
      if (!found.every(Boolean)) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  return {
    url,
    secretKey,
    restrictedKey,
    publishableKey,
    /** Stripe's own client; without retries, so that each answer is seen. */
    client: (key = secretKey, options = {}) =>
      new Stripe(key, {
        protocol: 'http',
        host: '127.0.0.1',
        port: new URL(url).port,
        apiVersion: VERSION,
        maxNetworkRetries: 0,
        telemetry: false,
        timeout: 10_000,
        ...options,
      }),
    /** One of the sandbox's own controls, by its path under /_sandbox/. */
    control: async (method, path, body) => {
      const response = await fetch(`${url}/_sandbox/${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${method} /_sandbox/${path}: ${response.status} ${await response.text()}`);
      const text = await response.text();
      return text ? JSON.parse(text) : undefined;
    },
  };
}

/** The guide's request: create and confirm in one call, authentication declined. */
export const payment = (changes = {}) => ({
  amount: 1099,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  payment_method_types: ['card'],
  confirm: true,
  error_on_requires_action: true,
  ...changes,
});

/** What a promise that must be refused was refused with. */
export async function refusal(promise) {
  const answer = await promise.then(
    (object) => ({ object }),
    (error) => ({ error }),
  );
  if (!answer.error) throw new Error(`not refused: ${answer.object.object} ${answer.object.id}`);
  return answer.error;
}
