// The one frame that speaks to the API: it gathers a card from its fields, and reads and moves a PaymentIntent by its
// client_secret. Results, never card data, go to the merchant's page.
import { failure, get, post } from './api.js';
import { languageOf, wordsOf } from './messages.js';

const fieldsAnswerWithin = 5000; // ms

let key;
let siblings;

// What the fields of these ids hold, in their order: `{data}`, or `{error}` of the first wrong one.
function collect(ids) {
  return new Promise((resolve, reject) => {
    const nonce = crypto.getRandomValues(new Uint32Array(4)).join('-');
    const answers = new Map();
    const timer = setTimeout(() => reject(new Error('A card field did not answer.')), fieldsAnswerWithin);
    const listen = ({ data }) => {
      if (data.nonce !== nonce) return;
      answers.set(data.id, data);
      if (answers.size < ids.length) return;
      clearTimeout(timer);
      siblings.removeEventListener('message', listen);
      const inOrder = ids.map((id) => answers.get(id));
      const error = inOrder.find((answer) => answer.error)?.error;
      resolve(error ? { error } : { data: Object.assign({}, ...inOrder.map(({ data }) => data)) });
    };
    siblings.addEventListener('message', listen);
    siblings.postMessage({ collect: { nonce, ids } });
  });
}

const methods = {
  async createPaymentMethod({ fields, params }, words) {
    const { data: card, error: invalid } = await collect(fields);
    if (invalid) return { error: invalid };
    const { object, error } = await post('/v1/payment_methods', { ...params, card }, { key, words });
    return error ? { error } : { paymentMethod: object };
  },

  async retrievePaymentIntent({ clientSecret }, words) {
    const path = `/v1/payment_intents/${idOf(clientSecret)}`;
    return asIntent(await get(path, { client_secret: clientSecret }, { key, words }));
  },

  async confirmCardPayment({ clientSecret, params }, words) {
    const path = `/v1/payment_intents/${idOf(clientSecret)}/confirm`;
    const all = { ...params, client_secret: clientSecret, use_stripe_sdk: true };
    return asIntent(await post(path, all, { key, words }));
  },

  // `result` is the challenge's; without one it could not be shown.
  async authenticate({ clientSecret, result }, words) {
    if (!result) return failure('api_connection_error', words);
    const path = `/_sandbox/3ds/${idOf(clientSecret)}`;
    const answer = asIntent(await post(path, { client_secret: clientSecret, result }, { key, words }));
    const { status, last_payment_error: failed } = answer.paymentIntent ?? {};
    if (!failed || status !== 'requires_payment_method') return answer;
    const message = words[failed.code] ?? failed.message;
    return { error: { ...failed, message, payment_intent: answer.paymentIntent } };
  },
};

const idOf = (clientSecret) => clientSecret.split('_secret_')[0];
const asIntent = ({ object, error }) => (error ? { error } : { paymentIntent: object });

function start({ data, ports: [port] }) {
  key = data.key;
  siblings = new BroadcastChannel(`stripe-js:${data.channel}`);
  port.onmessage = async ({ data: { call, method, args, locale } }) => {
    const words = wordsOf(languageOf(locale, navigator.language));
    try {
      port.postMessage({ reply: call, result: await methods[method](args, words) });
    } catch (error) {
      port.postMessage({ reply: call, result: { error: { type: 'api_error', message: error.message } } });
    }
  };
  port.postMessage({ event: 'ready' });
}

addEventListener('message', function greeted(event) {
  if (event.source !== parent || !event.ports.length) return;
  removeEventListener('message', greeted);
  start(event);
});
