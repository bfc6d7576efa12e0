// createPaymentMethod against the sandbox, and what the merchant's page gets to see of a card.
import { expect, startShop, test, types } from './merchant.js';

const card = { cardNumber: '4242424242424242', cardExpiry: '1134', cardCvc: '987' };

test('a PaymentMethod of the card and the billing details', async ({ merchant }) => {
  await merchant.openReady();
  await merchant.type(card);
  const result = await merchant.createPaymentMethod({
    name: 'Jenny Rosen',
    email: 'jenny@example.com',
    address: { postal_code: '94107', country: 'US' },
  });
  expect(result.error).toBeUndefined();
  expect(result.paymentMethod).toMatchObject({
    id: expect.stringMatching(/^pm_[A-Za-z0-9]+$/),
    object: 'payment_method',
    type: 'card',
    card: { brand: 'visa', last4: '4242', exp_month: 11, exp_year: 2034 },
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com', address: { postal_code: '94107' } },
  });
});

test('the merchant’s page never sees a digit of the card', async ({ merchant, page }) => {
  await page.addInitScript(() => {
    if (window !== window.top) return;
    window.messages = [];
    const { set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
    Object.defineProperty(MessagePort.prototype, 'onmessage', {
      set(handler) {
        set.call(this, (event) => {
          messages.push(event.data);
          handler.call(this, event);
        });
      },
    });
    addEventListener('message', ({ data }) => messages.push(data));
  });
  await merchant.openReady();
  const markup = () => page.evaluate(() => document.documentElement.outerHTML.replace(/ class="[^"]*"/g, ''));
  const before = await markup();
  await merchant.type(card);
  await merchant.input('cardNumber').fill('4242424242424241');
  await merchant.input('cardNumber').fill(card.cardNumber);
  await page.keyboard.press('Enter');
  await merchant.event({ event: 'submit' });
  expect(await markup()).toBe(before);
  const heard = await page.evaluate(() => messages.filter(({ event }) => event !== 'height').map((one) => JSON.stringify(one)));
  expect(heard.filter((one) => one.includes('change')).length).toBeGreaterThan(5);
  expect(heard.filter((one) => /\d/.test(one))).toEqual([]);

  await merchant.createPaymentMethod();
  const all = JSON.stringify(await page.evaluate(() => messages));
  expect(all).toContain('"paymentMethod"');
  expect(all).not.toContain('424242');
  expect(all).not.toMatch(/\b987\b/);
  const reachable = await page.evaluate(() => [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument));
  expect(reachable).toEqual([null, null, null, null]);
});

test('an incomplete card is refused before it is sent, the first field first, and every field shows it', async ({ merchant, page }) => {
  await merchant.openReady();
  const sent = [];
  page.on('request', (request) => sent.push(new URL(request.url()).pathname));
  const steps = [
    ['incomplete_number', { cardNumber: card.cardNumber }],
    ['incomplete_expiry', { cardExpiry: card.cardExpiry }],
    ['incomplete_cvc', {}],
  ];
  for (const [code, next] of steps) {
    expect((await merchant.createPaymentMethod()).error).toMatchObject({ type: 'validation_error', code });
    if (code === 'incomplete_number') {
      for (const type of types) await expect(page.locator(`#${type}`)).toHaveClass(/StripeElement--invalid/);
    }
    await merchant.type(next);
  }
  await merchant.input('cardNumber').fill('4242424242424241');
  expect((await merchant.createPaymentMethod()).error).toMatchObject({ type: 'validation_error', code: 'invalid_number' });
  expect(sent).not.toContain('/v1/payment_methods');
});

test('errors of the API pass through as they came', async ({ merchant, page, servers }) => {
  merchant.key = `${servers.publishableKey}x`;
  await merchant.openReady();
  await merchant.type(card);
  expect((await merchant.createPaymentMethod()).error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringContaining('Invalid API Key'),
  });
  const error = { type: 'card_error', code: 'incorrect_number', message: 'Your card number is incorrect.', param: 'number' };
  await page.route('**/v1/payment_methods', (route) => route.fulfill({ status: 402, json: { error } }));
  expect(await merchant.createPaymentMethod()).toEqual({ error });
});

test('without a network, and without the API behind it, there is an error to act on', async ({ merchant, page }) => {
  await merchant.openReady({ locale: 'fr-CA' });
  await merchant.type(card);
  await page.route('**/v1/payment_methods', (route) => route.abort());
  const lost = await merchant.createPaymentMethod();
  expect(lost.error.type).toBe('api_connection_error');
  expect(lost.error.message).toContain('Internet');
  await page.unroute('**/v1/payment_methods');
  await page.route('**/v1/payment_methods', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }));
  expect((await merchant.createPaymentMethod()).error.type).toBe('api_error');
  await page.unroute('**/v1/payment_methods');
  expect((await merchant.createPaymentMethod()).paymentMethod.id).toMatch(/^pm_/);
});

test('a controller that did not load is tried again', async ({ merchant, page }) => {
  await page.route('**/js/controller.html', (route) => route.abort());
  await merchant.openReady();
  await merchant.type(card);
  expect((await merchant.createPaymentMethod()).error.type).toBe('api_connection_error');
  await page.unroute('**/js/controller.html');
  expect((await merchant.createPaymentMethod()).paymentMethod.id).toMatch(/^pm_/);
});

test('misuse rejects with IntegrationError', async ({ merchant, page }) => {
  await merchant.openReady();
  const names = await page.evaluate(() => {
    const loose = stripe.elements().create('cardNumber');
    const attempts = [{ type: 'card', card: loose }, { type: 'card', card: elements.getElement('cardCvc') }, { type: 'card' }, {}];
    return Promise.all(attempts.map((data) => stripe.createPaymentMethod(data).catch((error) => error.name)));
  });
  expect(names).toEqual(Array(4).fill('IntegrationError'));
});

test('two groups on one page keep their cards apart', async ({ merchant, page }) => {
  await merchant.openReady();
  await page.evaluate(async () => {
    const other = document.createElement('div');
    other.id = 'other';
    document.querySelector('form').append(other);
    window.others = stripe.elements();
    const cvc = others.create('cardCvc');
    cvc.mount(other);
    await new Promise((settle) => cvc.on('ready', settle));
  });
  await merchant.input('other').fill('5678');
  await merchant.type(card);
  await expect(merchant.input('other')).toHaveValue('5678');
  await merchant.input('cardCvc').fill('');
  expect((await merchant.createPaymentMethod()).error.code).toBe('incomplete_cvc');
});

test('it works in the place of js.stripe.com too', async ({ merchant, page, servers }) => {
  await page.route('https://js.stripe.com/**', async (route) => {
    const url = route.request().url().replace('https://js.stripe.com', servers.sandbox);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  const shop = await startShop('https://js.stripe.com');
  merchant.url = shop.url;
  await merchant.openReady();
  await merchant.type(card);
  expect((await merchant.createPaymentMethod()).paymentMethod.card.last4).toBe('4242');
  const origins = await page.locator('iframe').evaluateAll((frames) => frames.map(({ src }) => new URL(src).origin));
  expect(origins).toEqual(Array(4).fill('https://js.stripe.com'));
  shop.stop();
});
