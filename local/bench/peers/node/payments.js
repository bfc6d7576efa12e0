// The payment of functions/payments as a Node team would write it on the official SDKs: create and confirm in one call, the
// price from the server, the checkout's id as idempotency key. It keeps fewer promises than Till, and so does less.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import Stripe from 'stripe';
import catalog from '../../../../static-site/catalog.json';

const API_VERSION = '2026-07-29.dahlia';
const SECRET_AGE = 60_000;
const CHECKOUT = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const items = new Map(catalog.items.map((item) => [item.sku, item]));
const secrets = new SecretsManagerClient({});
const api = new URL(process.env.STRIPE_API_BASE ?? 'https://api.stripe.com');

let account;

async function stripe() {
  if (!account || Date.now() - account.fetched > SECRET_AGE) {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: process.env.STRIPE_SECRET_ID }));
    const { secret_key: key } = JSON.parse(SecretString);
    const client =
      account?.key === key
        ? account.client
        : new Stripe(key, {
            apiVersion: API_VERSION,
            maxNetworkRetries: 2,
            protocol: api.protocol.slice(0, -1),
            host: api.hostname,
            port: api.port || undefined,
          });
    account = { key, client, fetched: Date.now() };
  }
  return account.client;
}

// In init, as AWS advises: it runs at full speed, and before the first shopper waits.
await stripe();

function answer(statusCode, body) {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

function invalid(code, param) {
  return answer(400, { outcome: 'not_attempted', error: { type: 'invalid_request_error', code, param } });
}

export async function handler(event) {
  const began = Date.now();
  const checkout = event.headers['idempotency-key'];
  if (!CHECKOUT.test(checkout ?? '')) return invalid('checkout_id');
  let order;
  try {
    order = JSON.parse(event.body);
  } catch {
    return invalid('malformed_json');
  }
  const { payment_method, currency, expected_total } = order;
  if (!/^pm_\w+$/.test(payment_method ?? '')) return invalid('parameter_invalid', 'payment_method');
  let total = 0;
  for (const { sku, quantity } of order.items) {
    const item = items.get(sku);
    if (!item?.prices[currency]) return invalid('parameter_invalid', 'items');
    if (!(Number.isInteger(quantity) && quantity >= 1 && quantity <= item.max_quantity)) return invalid('parameter_invalid', 'items');
    total += item.prices[currency] * quantity;
  }
  if (total !== expected_total) return answer(409, { outcome: 'not_attempted', error: { code: 'total_changed' }, total });

  try {
    const client = await stripe();
    const intent = await client.paymentIntents.create(
      {
        amount: total,
        currency,
        payment_method,
        payment_method_types: ['card'],
        confirm: true,
        error_on_requires_action: true,
        description: `Checkout ${checkout}`,
        metadata: { till_checkout: checkout, till_items_1: order.items.map((i) => `${i.sku}:${i.quantity}`).join(',') },
      },
      { idempotencyKey: `till-${checkout}` },
    );
    console.log(JSON.stringify({ event: 'payment', checkout, payment_intent: intent.id, outcome: 'paid', ms: Date.now() - began }));
    return answer(200, {
      outcome: 'paid',
      payment_intent: intent.id,
      payment_method: intent.payment_method,
      amount: intent.amount,
      currency: intent.currency,
      created: intent.created,
      livemode: intent.livemode,
      items: order.items,
    });
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) {
      const { code, decline_code, payment_intent } = error;
      return answer(402, { outcome: 'declined', error: { type: 'card_error', code, decline_code }, payment_intent: payment_intent?.id });
    }
    console.error(JSON.stringify({ event: 'trouble', message: error.type ?? error.name }));
    return answer(503, { outcome: 'unknown', error: { code: 'outcome_unknown' } });
  }
}
