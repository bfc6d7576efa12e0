// Rows 1 to 11 of the page's list: money and truth.
import { CARDS, EMAIL, Shopper, catalog, en, expect, fill, loseReply, test, words } from './shopper.js';

const API = '**/api/payments**';

test('row 1: the id is of the server’s clock, and stored before the card is tokenized', async ({ page, shopper, till }) => {
  await page.clock.install({ time: Date.now() + 5 * 3_600_000 });
  await shopper.open();
  const atTokenizing = new Promise((resolve) => {
    page.route(`${till.sandbox}/v1/payment_methods`, async (route) => {
      resolve(await shopper.stored());
      await route.continue();
    });
  });
  await shopper.buy();
  const { id, sent, attempt } = await atTokenizing;
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const minted = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  expect(Math.abs(Date.now() - minted), 'the shopper’s clock is five hours wrong, the id is not').toBeLessThan(10_000);
  expect([sent, attempt]).toEqual([false, undefined]);
  await shopper.isPaid();
});

test('row 1: the attempt is stored before it is sent: bytes, brand, last four, no number', async ({ page, shopper, sent }) => {
  await shopper.open();
  let stored;
  await page.route(API, async (route) => {
    stored ??= await shopper.stored();
    await route.continue();
  });
  await shopper.buy();
  await shopper.isPaid();
  expect(stored.sent).toBe(true);
  expect(stored.attempt.body).toBe(sent[0].body);
  expect(stored.cards).toEqual([{ id: expect.stringMatching(/^pm_/), brand: 'visa', last4: '4242' }]);
  expect(JSON.stringify(stored)).not.toMatch(/4242 ?4242/);
  expect(await shopper.stored()).toBeNull();
});

test('row 1: the reply is lost after the charge: it is asked for again, one charge, paid', async ({ page, shopper, ledger, sent }) => {
  await shopper.open();
  await page.route(API, loseReply, { times: 1 });
  await shopper.buy();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
  expect(sent.map(({ resend }) => resend)).toEqual([undefined, 'true']);
  expect([sent[1].key, sent[1].body]).toEqual([sent[0].key, sent[0].body]);
});

test('row 1: every reply is lost, reload, check again: one charge, paid', async ({ page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, loseReply);
  await shopper.buy();
  await shopper.waitOut();
  await page.reload();
  await shopper.waitOut();
  expect((await ledger()).paid).toHaveLength(1);
  await page.unroute(API);
  await shopper.check();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 1: a reload in the middle of a send: one charge, paid, the second send marked', async ({ page, shopper, ledger, sent }) => {
  await shopper.open();
  const arrived = new Promise((resolve) => {
    page.route(
      API,
      async (route) => {
        resolve();
        await route.fetch();
      },
      { times: 1 },
    );
  });
  await shopper.buy();
  await arrived;
  await page.reload();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
  expect(sent.map(({ resend }) => resend)).toEqual([undefined, 'true']);
  expect([sent[1].key, sent[1].body]).toEqual([sent[0].key, sent[0].body]);
});

test('row 1: two tabs press at once: one charge, and both say paid', async ({ context, page, shopper, ledger, sent }) => {
  const other = new Shopper(await context.newPage());
  await context.route(API, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  for (const one of [shopper, other]) {
    await one.open();
    await one.details();
    await one.card(CARDS.visa);
  }
  await Promise.all([shopper, other].map((one) => one.page.evaluate(() => document.getElementById('pay').click())));
  await shopper.isPaid();
  await other.isPaid();
  expect(sent).toHaveLength(1);
  expect((await ledger()).paid).toHaveLength(1);
  expect(await page.locator('#reference').textContent()).toBe(await other.page.locator('#reference').textContent());
});

test('row 1: a second tab shows what the first one is doing, and how it ends', async ({ context, shopper, ledger }) => {
  const other = new Shopper(await context.newPage());
  await other.open();
  await shopper.open();
  let go;
  await context.route(API, async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });
  await shopper.buy(CARDS.noFunds);
  await expect(other.progress).toHaveText(en['progress.elsewhere']);
  await expect(other.pay).toHaveAttribute('aria-disabled', 'true');
  await expect.poll(() => go).toBeTruthy();
  go();
  await shopper.isDeclined('decline.funds');
  await other.isDeclined('decline.funds');
  await context.unroute(API);
  await other.buy();
  await other.isPaid();
  await shopper.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.length, paid.length]).toEqual([1, 1]);
});

const FAULTS = {
  'HTML 502': (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' }),
  'the edge’s 403': (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<html>Request blocked</html>' }),
  'the gateway’s 504': (route) => route.fulfill({ status: 504, json: { message: 'Endpoint request timed out' } }),
  'a rejected fetch': (route) => route.abort('connectionrefused'),
  'a hang': () => {},
  'a body cut in the middle': (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"outcome":"paid","payment_int' }),
  'a paid answer without a PaymentIntent': (route) => route.fulfill({ status: 200, json: { outcome: 'paid', amount: 1099 } }),
  'paid beside a 500': (route) => route.fulfill({ status: 500, json: { outcome: 'paid', payment_intent: 'pi_1', amount: 1099 } }),
  'an action that this page cannot carry out': (route) => route.fulfill({ status: 200, json: { outcome: 'requires_action', payment_intent: 'pi_1', client_secret: 'pi_1_secret_2' } }),
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
    await expect(page.locator('main')).not.toContainText(/not been charged|nothing has been charged|failed|declined/i);
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
  await page.route(API, (route) => route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, json: { outcome: 'not_attempted', error: { type: 'api_error', code: 'rate_limited', message: 'Slow down.' } } }), { times: 1 });
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
    return n === 1 ? route.abort() : route.fulfill({ status: 410, json: { outcome: 'not_attempted', error: { type: 'invalid_request_error', code: 'checkout_closed', message: 'Closed.' } } });
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
  await page.route(API, (route) => route.fulfill({ status: 409, json: { outcome: 'not_attempted', error: { type: 'invalid_request_error', code: 'page_outdated', message: 'Reload.' } } }));
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
  await expect(shopper.outcome).toContainText(en['unknown.text']);
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

test('row 4: another cart after a decline voids the old checkout first', async ({ page, shopper, ledger, sent }) => {
  await shopper.open();
  await shopper.buy(CARDS.declined);
  await shopper.isDeclined();
  await page.getByRole('button', { name: 'One more Tide table' }).click();
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await shopper.isPaid();
  await expect(page.locator('#paid-total')).toHaveText('$17.49');
  expect(sent.map(({ path }) => path)).toEqual(['/api/payments', '/api/payments/void', '/api/payments']);
  expect(sent[1].key).toBe(sent[0].key);
  expect(sent[2].key).not.toBe(sent[0].key);
  const { intents, paid } = await ledger();
  expect(intents.map(({ status }) => status).sort()).toEqual(['canceled', 'succeeded']);
  expect(paid).toHaveLength(1);
});

test('row 4: another currency in another tab voids the old checkout first', async ({ context, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.buy(CARDS.declined);
  await shopper.isDeclined();
  const other = new Shopper(await context.newPage());
  await other.open();
  await other.isDeclined();
  await other.page.getByRole('radio', { name: en['currency.cad'] }).check();
  await other.buy();
  await other.isPaid();
  await shopper.isPaid();
  expect(sent.map(({ path }) => path)).toEqual(['/api/payments', '/api/payments/void', '/api/payments']);
  expect((await ledger()).paid).toMatchObject([{ amount: 1499, currency: 'cad' }]);
});

test('row 4: an unknown outcome can be cancelled; only then is there another id', async ({ page, shopper, sent, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  await page.unroute(API);
  await page.locator('#cancel').click();
  await shopper.isRefused(en['refused.cancelled']);
  expect(await shopper.stored()).toBeNull();
  await page.getByRole('button', { name: 'One more Star map' }).click();
  await shopper.pay.click();
  await shopper.isPaid();
  expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  expect((await ledger()).paid).toMatchObject([{ amount: 2198 }]);
});

test('row 4: cancelling what was charged after all shows the receipt', async ({ page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, loseReply);
  await shopper.buy();
  await shopper.waitOut();
  await page.unroute(API);
  await page.locator('#cancel').click();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 4: a cancelling without an answer goes on cancelling, also after a reload, and never charges', async ({ page, shopper, sent, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  await page.locator('#cancel').click();
  await shopper.waitOut();
  await expect(shopper.outcome).toContainText(en['unknown.leaving']);
  await expect(page.locator('#cancel')).toHaveCount(0);
  await page.unroute(API);
  const before = sent.length;
  await page.reload();
  await shopper.isRefused(en['refused.cancelled']);
  expect(sent.slice(before).map(({ path }) => path)).toEqual(['/api/payments/void']);
  expect((await ledger()).paid).toHaveLength(0);
});

test('row 5: twenty clicks: one request', async ({ page, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await page.evaluate(() => {
    for (let n = 0; n < 20; n++) document.getElementById('pay').click();
  });
  await shopper.isPaid();
  expect(sent).toHaveLength(1);
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 5: keyboard repeat is one press', async ({ page, shopper, sent }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await shopper.pay.focus();
  for (let n = 0; n < 10; n++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await shopper.isPaid();
  expect(sent).toHaveLength(1);
});

for (const [currency, shown] of [['usd', '$17.49'], ['cad', 'CA$23.89']]) {
  test(`row 7: button, summary, receipt and charge are of one amount (${currency})`, async ({ page, shopper, ledger }) => {
    await shopper.open();
    await page.getByRole('radio', { name: en[`currency.${currency}`] }).check();
    await page.getByRole('button', { name: 'One more Tide table' }).click();
    await expect(shopper.pay).toHaveText(`Pay ${shown}`);
    await expect(page.locator('#total')).toHaveText(shown);
    await expect(page.locator('#code')).toHaveText(currency.toUpperCase());
    await shopper.buy();
    await shopper.isPaid();
    await expect(page.locator('#paid-total')).toHaveText(shown);
    const [charge] = (await ledger()).paid;
    expect([charge.currency, `${charge.amount / 100}`]).toEqual([currency, shown.replace(/[^\d.]/g, '')]);
  });
}

const yesterday = structuredClone(catalog);
yesterday.items[0].prices = { usd: 999, cad: 1399 };
const oldPrice = (route) => route.fulfill({ json: yesterday });

test('row 8: a stale total is refused uncharged, the new one shown and confirmed', async ({ page, shopper, ledger }) => {
  await page.route('**/catalog.json', oldPrice, { times: 1 });
  await shopper.open();
  await expect(shopper.pay).toHaveText('Pay $9.99');
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  expect((await ledger()).charges).toHaveLength(0);
  await expect(shopper.pay).toHaveText('Pay $10.99');
  await expect(page.locator('#total')).toHaveText('$10.99');
  await expect(page.locator('#lines')).toContainText('$10.99');
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toMatchObject([{ amount: 1099 }]);
});

test('row 8: while the old price list is still cached, the server’s total is what is shown and charged', async ({ page, shopper, ledger }) => {
  await page.route('**/catalog.json', oldPrice);
  await shopper.open();
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  await expect(shopper.pay).toHaveText('Pay $10.99');
  await expect(page.locator('#lines')).not.toContainText('$');
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toMatchObject([{ amount: 1099 }]);
});

test('row 8: a reload after a price change does not pay a PaymentIntent of the old price', async ({ page, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await page.route('**/catalog.json', oldPrice);
  await page.reload();
  await shopper.ready();
  await shopper.isDeclined('decline.funds');
  await expect(shopper.pay).toHaveText('Pay $9.99');
  await shopper.buy();
  await shopper.isRefused(fill(en['refused.total_changed'], { total: '$10.99' }));
  expect(sent.map(({ path }) => path)).toEqual(['/api/payments', '/api/payments/void', '/api/payments']);
  expect((await ledger()).paid).toHaveLength(0);
});

test('row 8: after two refusals that differ the page stops', async ({ page, shopper, sent }) => {
  await shopper.open();
  const totals = [1200, 1300];
  await page.route(API, (route) => route.fulfill({ status: 409, json: { outcome: 'not_attempted', total: totals.shift(), error: { type: 'invalid_request_error', code: 'total_changed', message: 'x' } } }));
  await shopper.buy();
  await expect(shopper.pay).toHaveText('Pay $12.00');
  await shopper.pay.click();
  await shopper.isRefused(en['refused.total_unsteady']);
  await expect(shopper.pay).toBeHidden();
  await page.locator('#name').press('Enter');
  expect(sent).toHaveLength(2);
});

const DECLINES = {
  4000000000000002: 'contact_issuer',
  4000000000009995: 'funds',
  4000000000009987: 'contact_issuer',
  4000000000009979: 'contact_issuer',
  4000000000000069: 'expired',
  4000000000000127: 'cvc',
  4000000000000119: 'try_again',
  4000000000006975: 'limit',
  4000000000000341: 'contact_issuer',
  4100000000000019: 'contact_issuer',
  4000002500003155: 'authentication',
};

for (const language of Object.keys(words)) {
  test(`row 9: each declined card in its words, one PaymentIntent throughout (${language})`, async ({ page, shopper, ledger }) => {
    test.slow();
    await shopper.open(`/?lang=${language}`);
    await shopper.details();
    for (const [number, key] of Object.entries(DECLINES)) {
      await shopper.card(number);
      await shopper.pay.click();
      await expect(shopper.pay).not.toHaveAttribute('aria-disabled', 'true');
      await shopper.isDeclined(`decline.${key}`, language);
      await expect(shopper.outcome).toContainText(words[language]['declined.safe']);
      await expect(page.locator('main')).not.toContainText(/Your card was declined\.|Your card has|security code is incorrect|An error occurred/);
    }
    const { intents, paid } = await ledger();
    expect([intents.length, paid.length]).toEqual([1, 0]);
  });
}

test('row 10: after a decline only the card fields are cleared; the other card pays the same PaymentIntent', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await page.getByRole('button', { name: 'One more Moon calendar' }).click();
  await shopper.buy(CARDS.authentication);
  await shopper.isDeclined('decline.authentication');
  await expect(page.locator('#email')).toHaveValue(EMAIL);
  await expect(page.locator('#name')).toHaveValue('Ada Canary');
  await expect(page.locator('#postal')).toHaveValue('k1a0b1');
  await expect(page.locator('#total')).toHaveText('$28.99');
  for (const name of ['number', 'expiry', 'cvc']) await expect(shopper.field(name)).toHaveValue('');
  await page.locator('#again').click();
  await expect(shopper.field('number')).toBeFocused();
  await shopper.card(CARDS.mastercard);
  await shopper.pay.click();
  await shopper.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.length, paid.length, intents[0].status]).toEqual([1, 1, 'succeeded']);
  await expect(page.locator('#receipt')).toContainText('Mastercard ending in 4444');
});

test('row 11: offline at the press: nothing is sent, and said so', async ({ context, page, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await context.setOffline(true);
  await shopper.pay.click();
  await shopper.isRefused(en['refused.offline']);
  expect(sent).toHaveLength(0);
  expect(await shopper.stored()).toBeNull();
  await context.setOffline(false);
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 11: offline in the middle: unknown, and settled by itself when the network is back', async ({ context, page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await page.route(API, async (route) => {
    await context.setOffline(true);
    await route.abort('internetdisconnected');
  });
  await shopper.pay.click();
  await shopper.waitOut();
  await page.unroute(API);
  await context.setOffline(false);
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('a test payment of a sandbox that was restarted is dropped, and said so', async ({ page, shopper }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  await page.evaluate(() => {
    const slot = JSON.parse(localStorage.getItem('till.checkout'));
    localStorage.setItem('till.checkout', JSON.stringify({ ...slot, publishable_key: 'pk_test_of_yesterday' }));
  });
  await page.unroute(API);
  await page.reload();
  await expect(page.locator('#notice')).toContainText(en['notice.dropped']);
  await shopper.ready();
  await shopper.buy();
  await shopper.isPaid();
});

test('an unknown outcome past 23 hours can be given up, plainly warned', async ({ page, shopper }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  await expect(shopper.outcome).not.toContainText(en['unknown.abandon']);
  await page.route('**/api/config', async (route) => {
    const config = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, now: config.now + 24 * 3_600_000 } });
  });
  await page.reload();
  await shopper.waitOut();
  await expect(shopper.outcome).toContainText(en['unknown.expired']);
  await page.getByRole('button', { name: en['unknown.abandon'] }).click();
  await shopper.ready();
  expect(await shopper.stored()).toBeNull();
});

for (const [name, plant] of Object.entries({
  'storage is full': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  },
  'storage is forbidden': () =>
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  'there are no Web Locks': () => Object.defineProperty(navigator, 'locks', { value: undefined }),
})) {
  test(`row 1: no payment starts where ${name}`, async ({ page, shopper, sent }) => {
    await page.addInitScript(plant);
    await shopper.open();
    await shopper.buy();
    await shopper.isRefused(en['refused.no_storage']);
    expect(sent).toHaveLength(0);
  });
}
