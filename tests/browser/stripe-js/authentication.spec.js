// Card authentication: what a merchant's script gets from handleCardAction and its kin, whatever the shopper does.
import { openBank } from './bank.js';
import { expect, startShop, test } from './merchant.js';

const declined = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.';

/** Calls a method of Stripe() and keeps what it comes to in the page; returns before the shopper has answered. */
async function begin(page, method, ...args) {
  await page.evaluate(
    ([method, args]) => {
      window.outcome = undefined;
      stripe[method](...args).then(
        (result) => (outcome = result),
        ({ name, message }) => (outcome = { threw: name, message }),
      );
    },
    [method, args],
  );
}

const outcome = async (page) => (await page.waitForFunction(() => window.outcome)).jsonValue();

const call = async (page, method, ...args) => {
  await begin(page, method, ...args);
  return outcome(page);
};

const dialog = (page) => page.getByRole('dialog', { name: 'Card authentication' });
const challenge = (page) => dialog(page).locator('iframe').contentFrame();

/** Presses a button of the challenge when it is there to be read: until then it grows, and moves. */
async function press(page, name) {
  await expect(challenge(page).getByRole('heading')).toBeFocused();
  await challenge(page).getByRole('button', { name }).click();
}

async function openShop({ merchant, page, servers }, params) {
  const bank = await openBank(page, servers, params);
  await merchant.open({ only: [], locale: 'en' });
  return { ...bank, secret: bank.intent.client_secret };
}

test('completed: requires_confirmation, for the server to confirm', async ({ merchant, page, servers }) => {
  const { intent, requests, secret } = await openShop({ merchant, page, servers });
  await begin(page, 'handleCardAction', secret);
  await press(page, 'Complete authentication');
  const { paymentIntent, error } = await outcome(page);
  expect(error).toBeUndefined();
  expect(paymentIntent).toMatchObject({ status: 'requires_confirmation', next_action: null, payment_method: intent.payment_method });
  await expect(page.locator('dialog')).toHaveCount(0);
  const { id } = intent;
  const key = `Bearer ${servers.publishableKey}`;
  expect(requests).toEqual([
    { method: 'GET', pathname: `/v1/payment_intents/${id}`, params: { client_secret: secret }, key },
    { method: 'POST', pathname: `/_sandbox/3ds/${id}`, params: { client_secret: secret, result: 'complete' }, key },
  ]);
});

const refusals = {
  failed: (page) => press(page, 'Fail authentication'),
  canceled: (page) => press(page, 'Cancel'),
  'canceled by Escape in the challenge': async (page) => {
    await expect(challenge(page).getByRole('heading')).toBeFocused();
    await page.keyboard.press('Escape');
  },
  'canceled by Escape beside the challenge': async (page) => {
    await expect(challenge(page).getByRole('heading')).toBeFocused();
    await dialog(page).evaluate((node) => {
      node.tabIndex = -1;
      node.focus();
    });
    await page.keyboard.press('Escape');
  },
};

for (const [how, act] of Object.entries(refusals)) {
  test(`${how}: payment_intent_authentication_failure, and the intent wants another card`, async ({ merchant, page, servers }) => {
    const { requests, secret } = await openShop({ merchant, page, servers });
    await begin(page, 'handleCardAction', secret);
    await act(page);
    const { paymentIntent, error } = await outcome(page);
    expect(paymentIntent).toBeUndefined();
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: declined,
      payment_intent: { status: 'requires_payment_method', payment_method: null },
    });
    expect(requests.at(-1).params.result).toBe(how === 'failed' ? 'fail' : 'cancel');
    await expect(page.locator('dialog')).toHaveCount(0);
  });
}

test('a reload in mid-challenge: handleCardAction goes on where it was', async ({ merchant, page, servers }) => {
  const { secret } = await openShop({ merchant, page, servers });
  await begin(page, 'handleCardAction', secret);
  await expect(challenge(page).getByRole('heading')).toBeFocused();
  await merchant.open({ only: [], locale: 'en' });
  await expect(page.locator('dialog')).toHaveCount(0);
  await begin(page, 'handleCardAction', secret);
  await press(page, 'Complete authentication');
  expect((await outcome(page)).paymentIntent.status).toBe('requires_confirmation');
});

test('completed in another tab meanwhile: the intent decides, not the button', async ({ merchant, page, servers }) => {
  const { intent, secret, api } = await openShop({ merchant, page, servers });
  await begin(page, 'handleCardAction', secret);
  await expect(challenge(page).getByRole('heading')).toBeFocused();
  await api(`/_sandbox/3ds/${intent.id}`, { client_secret: secret, result: 'complete' });
  await press(page, 'Fail authentication');
  expect((await outcome(page)).paymentIntent.status).toBe('requires_confirmation');
});

const untouched = { payment_method: undefined, confirm: undefined };
const authenticate = ({ intent, api }) => api(`/_sandbox/3ds/${intent.id}`, { client_secret: intent.client_secret, result: 'complete' });
/** Status → how the server brings an intent there: `[params, then]`. */
const statuses = {
  requires_payment_method: [untouched],
  requires_confirmation: [{}, authenticate],
  succeeded: [{ payment_method: 'pm_card_visa' }],
  canceled: [{}, ({ intent, api }) => api(`/v1/payment_intents/${intent.id}/cancel`)],
};

for (const [status, [params, then]] of Object.entries(statuses)) {
  test(`an intent in ${status} throws`, async ({ merchant, page, servers }) => {
    const bank = await openShop({ merchant, page, servers }, params);
    await then?.(bank);
    const { secret } = bank;
    for (const [method, argument] of [
      ['handleCardAction', secret],
      ['handleNextAction', { clientSecret: secret }],
    ]) {
      expect(await call(page, method, argument)).toEqual({
        threw: 'IntegrationError',
        message: `${method}: The PaymentIntent supplied is not in the requires_action state.`,
      });
    }
    expect((await call(page, 'retrievePaymentIntent', secret)).paymentIntent.status).toBe(status);
  });
}

test('an action of another kind throws', async ({ merchant, page, servers }) => {
  const { secret } = await openShop({ merchant, page, servers });
  await page.route('**/v1/payment_intents/**', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), next_action: { type: 'redirect_to_url', redirect_to_url: {} } } });
  });
  expect(await call(page, 'handleCardAction', secret)).toMatchObject({ threw: 'IntegrationError', message: expect.stringMatching(/redirect_to_url/) });
});

test('an automatic intent: confirmCardPayment and handleNextAction authenticate and pay, handleCardAction throws', async ({
  merchant,
  page,
  servers,
}) => {
  const automatic = { ...untouched, confirmation_method: 'automatic', use_stripe_sdk: undefined };
  const { requests, secret } = await openShop({ merchant, page, servers }, automatic);
  const data = { payment_method: 'pm_card_authenticationRequired' };
  const { paymentIntent } = await call(page, 'confirmCardPayment', secret, data, { handleActions: false });
  expect(paymentIntent).toMatchObject({ status: 'requires_action' });
  expect(requests.at(-1).params).toEqual({ client_secret: secret, ...data, use_stripe_sdk: 'true' });

  const refusal = await call(page, 'handleCardAction', secret);
  expect(refusal).toMatchObject({ threw: 'IntegrationError', message: expect.stringContaining('does not require manual server-side confirmation') });

  await begin(page, 'handleNextAction', { clientSecret: secret });
  await press(page, 'Complete authentication');
  expect((await outcome(page)).paymentIntent.status).toBe('succeeded');

  const another = await openBank(page, servers, automatic);
  await begin(page, 'confirmCardPayment', another.intent.client_secret, data);
  await press(page, 'Complete authentication');
  expect((await outcome(page)).paymentIntent.status).toBe('succeeded');
});

test('the API refuses to confirm a manual intent from a browser, and a wrong secret', async ({ merchant, page, servers }) => {
  const { secret } = await openShop({ merchant, page, servers });
  expect((await call(page, 'confirmCardPayment', secret)).error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringContaining('cannot be confirmed using your publishable key'),
  });
  const wrong = `${secret}x`;
  for (const [method, argument] of [
    ['handleCardAction', wrong],
    ['handleNextAction', { clientSecret: wrong }],
    ['retrievePaymentIntent', wrong],
    ['confirmCardPayment', wrong],
  ]) {
    expect((await call(page, method, argument)).error).toMatchObject({ type: 'invalid_request_error', param: 'client_secret' });
  }
  await expect(page.locator('dialog')).toHaveCount(0);
});

test('a malformed secret throws before anything is sent, and is not repeated in the message', async ({ merchant, page, servers }) => {
  const { requests } = await openShop({ merchant, page, servers });
  for (const wrong of [undefined, '', 'pi_1', 'seti_1_secret_zzz', 'pi_1_secret_', 'pi_1/../x_secret_zzz']) {
    for (const method of ['handleCardAction', 'handleNextAction', 'retrievePaymentIntent', 'confirmCardPayment']) {
      const refusal = await call(page, method, method === 'handleNextAction' ? { clientSecret: wrong } : wrong);
      expect(refusal.threw).toBe('IntegrationError');
      expect(refusal.message).toBe(
        `Invalid value for stripe.${method} intent secret: value should be a client secret of the form \${id}_secret_\${secret}.`,
      );
    }
  }
  expect(requests).toEqual([]);
});

test.describe('without a network', () => {
  const lost = { error: { type: 'api_connection_error', message: expect.stringContaining('check your internet connection') } };

  test('nothing is asked of the shopper', async ({ merchant, page, servers }) => {
    const { secret } = await openShop({ merchant, page, servers });
    await page.route('**/v1/payment_intents/**', (route) => route.abort());
    for (const method of ['handleCardAction', 'retrievePaymentIntent', 'confirmCardPayment']) {
      expect(await call(page, method, secret)).toEqual(lost);
    }
    await expect(page.locator('dialog')).toHaveCount(0);
  });

  test('a completed challenge whose answer is lost is not a decline', async ({ merchant, page, servers }) => {
    const { secret } = await openShop({ merchant, page, servers });
    await page.route('**/_sandbox/3ds/**', (route) => route.abort());
    await begin(page, 'handleCardAction', secret);
    await press(page, 'Complete authentication');
    expect(await outcome(page)).toEqual(lost);
  });

  test('a challenge that does not load leaves no trace, and can be tried again', async ({ merchant, page, servers }) => {
    const { intent, requests, secret, api } = await openShop({ merchant, page, servers });
    await page.route('**/js/challenge.js', (route) => route.abort());
    expect(await call(page, 'handleCardAction', secret)).toEqual(lost);
    await expect(page.locator('dialog')).toHaveCount(0);
    expect((await api(`/v1/payment_intents/${intent.id}`, null, 'GET')).status).toBe('requires_action');
    expect(requests.map(({ method }) => method)).toEqual(['GET']);

    await page.unroute('**/js/challenge.js');
    await begin(page, 'handleCardAction', secret);
    await press(page, 'Complete authentication');
    expect((await outcome(page)).paymentIntent.status).toBe('requires_confirmation');
  });
});

test('it works in the place of js.stripe.com too', async ({ merchant, page, servers }) => {
  await page.route('https://js.stripe.com/**', async (route) => {
    const url = route.request().url().replace('https://js.stripe.com', servers.sandbox);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  const shop = await startShop('https://js.stripe.com');
  merchant.url = shop.url;
  const { intent } = await openBank(page, servers);
  await merchant.open({ only: [], locale: 'en' });
  await begin(page, 'handleCardAction', intent.client_secret);
  await press(page, 'Complete authentication');
  expect((await outcome(page)).paymentIntent.status).toBe('requires_confirmation');
  shop.stop();
});
