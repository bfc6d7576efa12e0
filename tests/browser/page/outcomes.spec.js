// Rows 2, 3 and 6 of the page’s list: every answer, and every lack of one, has its view.
import { CARDS, en, expect, test } from './shopper.js';

const API = '**/api/payments**';

const FAULTS = {
  'HTML 502': (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' }),
  'the edge’s 403': (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<html>Request blocked</html>' }),
  'the gateway’s 504': (route) => route.fulfill({ status: 504, json: { message: 'Endpoint request timed out' } }),
  'a rejected fetch': (route) => route.abort('connectionrefused'),
  'a hang': () => {},
  'a body cut in the middle': (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"outcome":"paid","payment_int' }),
  'a paid answer without a PaymentIntent': (route) => route.fulfill({ status: 200, json: { outcome: 'paid', amount: 1099 } }),
  'paid beside a 500': (route) => route.fulfill({ status: 500, json: { outcome: 'paid', payment_intent: 'pi_1', amount: 1099 } }),
  'a refusal that does not say whether the checkout is open': (route) => route.fulfill({ status: 429, json: { outcome: 'not_attempted', error: { type: 'api_error', code: 'rate_limited', message: 'Slow down.' } } }),
  'an action of another PaymentIntent': (route) => route.fulfill({ status: 200, json: { outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_2_secret_3' } }),
  'an outcome that the function does not know': (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, json: { outcome: 'unknown', error: { type: 'api_error', code: 'outcome_unknown', message: 'Send again.' } } }),
};

for (const [fault, answer] of Object.entries(FAULTS)) {
  test(`rows 2, 3, 6: ${fault} is sent again, then told as unknown, then settled`, async ({ page, shopper, ledger, sent }) => {
    await page.clock.install();
    await shopper.open();
    await page.route(API, answer);
    await shopper.buy();
    await shopper.waitOut();
    expect(sent.length).toBeGreaterThan(1);
    for (const { resend } of sent.slice(1)) expect(resend).toBe('true');
    await expect(shopper.pay).toBeHidden();
    await expect(page.locator('main')).not.toContainText(/not been charged|nothing has been charged|failed|declined/i, { useInnerText: true });
    await page.unroute(API);
    await shopper.check();
    await shopper.isPaid();
    const { paid, intents } = await ledger();
    expect([paid.length, intents.length]).toEqual([1, 1]);
    expect(new Set(sent.map(({ key, body }) => key + body)).size).toBe(1);
  });
}

test('row 2: a refusal before anything was done is its own view, and the same checkout pays afterwards', async ({ page, shopper, ledger, sent }) => {
  await shopper.open();
  await page.route(API, (route) => route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, json: { outcome: 'not_attempted', checkout: 'open', error: { type: 'api_error', code: 'rate_limited', message: 'Slow down.' } } }), { times: 1 });
  await shopper.buy();
  await shopper.isRefused(en['refused.rate_limited']);
  await shopper.pay.click();
  await shopper.isPaid();
  expect(sent.map(({ resend }) => resend)).toEqual([undefined, 'true']);
  expect(sent[1].key).toBe(sent[0].key);
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 2: a refusal of a re-send closes the checkout; the next press begins another', async ({ page, shopper, sent }) => {
  await shopper.open();
  let n = 0;
  await page.route(API, (route) => {
    n += 1;
    return n === 1 ? route.abort() : route.fulfill({ status: 410, json: { outcome: 'not_attempted', checkout: 'closed', error: { type: 'invalid_request_error', code: 'checkout_closed', message: 'Closed.' } } });
  });
  await shopper.buy();
  await shopper.isRefused(en['refused.checkout_closed']);
  expect(await shopper.stored()).toBeNull();
  await page.unroute(API);
  await shopper.pay.click();
  await shopper.isPaid();
  expect(sent[2].key).not.toBe(sent[0].key);
  expect(sent[2].resend).toBeUndefined();
});

test('row 2: an outdated page says so and offers to reload', async ({ page, shopper }) => {
  await shopper.open();
  await page.route(API, (route) => route.fulfill({ status: 409, json: { outcome: 'not_attempted', checkout: 'open', error: { type: 'invalid_request_error', code: 'page_outdated', message: 'Reload.' } } }));
  await shopper.buy();
  await shopper.isRefused(en['refused.page_outdated']);
  await page.getByRole('button', { name: en['refused.reload'] }).click();
  await shopper.ready();
});

test('row 3: unknown says what is not known, a reference, and how to reach the merchant', async ({ page, shopper }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  await expect(shopper.outcome).toContainText(`${en['unknown.wait']} ${en['unknown.safe']}`);
  await expect(page.locator('#outcome #reference')).toHaveText(/2026|20\d\d.*\$10\.99 USD.*Visa ending in 4242/);
  await expect(shopper.outcome).toContainText('hello@ebb-and-orbit.example');
  await expect(page.locator('#total')).toHaveText('$10.99');
  const { id } = await shopper.stored();
  expect(await page.content()).not.toContain(id);
});

test('row 3: after a decline, the reference of an unknown outcome is the PaymentIntent', async ({ page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await shopper.card(CARDS.visa);
  await page.route(API, (route) => route.abort());
  await shopper.pay.click();
  await shopper.waitOut();
  const [{ id }] = (await ledger()).intents;
  await expect(page.locator('#outcome #reference')).toHaveText(id);
});
