// PaymentIntents that want authentication, as the API shows them to a browser: one at a time, served in the sandbox's place.

export const secret = 'pi_3Q1authentication_secret_0123456789abcdefghijklmno';
const [id] = secret.split('_secret_');

const pending = {
  type: 'use_stripe_sdk',
  use_stripe_sdk: {
    type: 'three_d_secure_redirect',
    stripe_js: 'https://hooks.stripe.com/redirect/authenticate/src_1?client_secret=src_client_secret_1',
    source: 'src_1',
  },
};

const refused = (code, message, param) => ({ status: 400, json: { error: { type: 'invalid_request_error', code, message, param } } });

/** Serves one PaymentIntent with these members to the page; `{intent, requests}`, both live. */
export async function openBank(page, origin, members = {}) {
  const intent = {
    id,
    object: 'payment_intent',
    amount: 1099,
    currency: 'cad',
    client_secret: secret,
    confirmation_method: 'manual',
    status: 'requires_action',
    next_action: pending,
    payment_method: 'pm_1',
    last_payment_error: null,
    ...members,
  };
  const requests = [];
  const answer = (request) => {
    const { pathname, searchParams } = new URL(request.url());
    const params = request.method() === 'GET' ? searchParams : new URLSearchParams(request.postData());
    requests.push({ method: request.method(), pathname, params: Object.fromEntries(params), key: request.headers().authorization });
    if (params.get('client_secret') !== secret) {
      return refused(
        'payment_intent_invalid_parameter',
        'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
        'client_secret',
      );
    }
    if (pathname === `/_sandbox/3ds/${id}`) authenticate(intent, params.get('result'));
    else if (pathname === `/v1/payment_intents/${id}/confirm`) {
      if (intent.confirmation_method === 'manual') {
        return refused(undefined, `This PaymentIntent ${id} cannot be confirmed using your publishable key …`);
      }
      Object.assign(intent, { status: 'requires_action', next_action: pending, payment_method: params.get('payment_method') });
    }
    return { status: 200, json: intent };
  };
  const serve = (route) => route.fulfill(answer(route.request()));
  await page.route(`${origin}/v1/payment_intents/**`, serve);
  await page.route(`${origin}/_sandbox/3ds/**`, serve);
  return { intent, requests };
}

function authenticate(intent, result) {
  if (intent.status !== 'requires_action') return;
  intent.next_action = null;
  if (result === 'complete') {
    intent.status = intent.confirmation_method === 'manual' ? 'requires_confirmation' : 'succeeded';
    return;
  }
  Object.assign(intent, {
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
      message: 'The provided PaymentMethod has failed authentication.',
      payment_method: { id: 'pm_1' },
    },
  });
}
