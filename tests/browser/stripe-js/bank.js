// The merchant's server at the sandbox: it makes a PaymentIntent that wants authentication, and listens to what the browser asks about it.

const pending = {
  amount: 1099,
  currency: 'cad',
  'payment_method_types[]': 'card',
  payment_method: 'pm_card_authenticationRequired',
  confirm: true,
  confirmation_method: 'manual',
  use_stripe_sdk: true,
};

/** `{intent, requests, api}`: the intent as it was made, what the page asks of the API (live), and the server's own way to it. */
export async function openBank(page, { sandbox, secretKey }, params = {}) {
  const api = async (path, form, method = 'POST') => {
    const given = Object.entries(form ?? {}).filter(([, value]) => value !== undefined);
    const body = method === 'POST' ? new URLSearchParams(given) : undefined;
    const response = await fetch(`${sandbox}${path}`, { method, body, headers: { authorization: `Bearer ${secretKey}` } });
    const object = await response.json();
    if (!response.ok) throw new Error(`${path}: ${object.error.message}`);
    return object;
  };
  const requests = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (!/^\/(v1\/payment_intents|_sandbox\/3ds)\//.test(pathname)) return;
    const asked = request.method() === 'GET' ? searchParams : new URLSearchParams(request.postData());
    requests.push({ method: request.method(), pathname, params: Object.fromEntries(asked), key: request.headers().authorization });
  });
  return { intent: await api('/v1/payment_intents', { ...pending, ...params }), requests, api };
}
