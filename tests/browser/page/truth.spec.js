// What the page knows it does not lose, and what nobody pressed it does not charge.
import { CARDS, Shopper, en, expect, fill, loseReply, test } from './shopper.js';

const API = '**/api/payments**';
const HOUR = 3_600_000;

test('site data is cleared while the payment is under way: paid is shown, and still there after a reload; one charge', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await page.route(API, async (route) => {
    await page.evaluate(() => localStorage.clear());
    await route.continue();
  });
  await shopper.buy();
  await shopper.isPaid();
  await page.reload();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('site data is cleared while a decline is under way: it is told, and the next card pays the same PaymentIntent', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await page.route(API, async (route) => {
    await page.evaluate(() => localStorage.clear());
    await route.continue();
  });
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await page.unroute(API);
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await shopper.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.length, paid.length]).toEqual([1, 1]);
});

test('the receipt cannot be stored: it is shown, and asked for again after a reload', async ({ page, shopper, ledger }) => {
  await page.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, value) {
      if (name === 'till.receipt' && !sessionStorage.room) throw new DOMException('full', 'QuotaExceededError');
      return setItem.call(this, name, value);
    };
  });
  await shopper.open();
  await shopper.buy();
  await shopper.isPaid();
  await page.evaluate(() => (sessionStorage.room = 'yes'));
  await page.reload();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('another tab clears site data while the outcome is unknown: no other payment can be made', async ({ context, page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, loseReply);
  await shopper.buy();
  await shopper.waitOut();
  const { id } = await shopper.stored();
  const other = new Shopper(await context.newPage());
  await other.page.goto('/images/mark.svg');
  await other.page.evaluate(() => localStorage.clear());
  await expect.poll(async () => (await other.stored())?.id, 'put back, and seen by who took it away').toBe(id);
  await shopper.isUnknown();
  await page.unroute(API);
  await shopper.check();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('the browser is killed right after the press, and what it wrote last is lost: the next press is no second charge', async ({ browser, baseURL, context, page, shopper, ledger }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await expect.poll(() => shopper.stored()).toBeTruthy();
  const storageState = await context.storageState(); // browsers write it to the disk some seconds late
  await page.route(API, loseReply);
  await shopper.pay.click();
  await expect.poll(async () => (await ledger()).paid.length).toBe(1);
  await context.close();
  const opened = await browser.newContext({ baseURL, storageState });
  const again = new Shopper(await opened.newPage());
  await again.open();
  await again.buy(CARDS.mastercard);
  await again.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.length, paid.length]).toEqual([1, 1]);
  await opened.close();
});

test('the network is back, or the page, hours later: what did not reach the shop is not charged by that', async ({ context, page, shopper, sent, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, (route) => route.abort());
  await shopper.buy();
  await shopper.waitOut();
  const before = sent.length;
  await page.unroute(API);
  await shopper.passTime(8 * HOUR);
  await context.setOffline(true);
  await context.setOffline(false);
  await shopper.waitOut();
  await page.reload();
  await shopper.waitOut();
  const asked = sent.slice(before);
  expect(asked.length).toBeGreaterThan(1);
  for (const { body, resend } of asked) expect([JSON.parse(body).settle, resend]).toEqual([true, 'true']);
  expect((await ledger()).intents).toHaveLength(0);
  await shopper.check();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('an error of ours in drawing: the outcome is told all the same', async ({ page, shopper, violations }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await page.evaluate(() => document.getElementById('products').remove());
  await page.evaluate(() => (document.getElementById('receipt').replaceChildren = () => { throw new TypeError('planted'); }));
  await shopper.pay.click();
  await shopper.isPaid();
  await expect(shopper.outcome).toContainText(/pi_\w+/);
  expect(violations.join()).toContain('planted');
  violations.length = 0; // it was provoked
});

test('another tab is silent: after 40 s there are words, and a way to ask', async ({ context, shopper, ledger, sent }) => {
  await shopper.open();
  await shopper.page.route(API, async (route) => {
    await route.fetch();
  });
  const other = new Shopper(await context.newPage());
  await other.page.clock.install();
  await other.open();
  await shopper.buy();
  await expect(other.progress).toHaveText(en['progress.elsewhere']);
  await expect.poll(async () => (await ledger()).paid.length).toBe(1);
  await other.passTime(41_000);
  await expect(other.outcome.getByRole('heading')).toHaveText(en['stalled.title']);
  await expect(other.page.locator('#alert')).toHaveText(en['stalled.title']);
  await other.page.locator('#ask').click();
  await other.isPaid();
  expect(sent.filter(({ body }) => JSON.parse(body).settle)).toHaveLength(1);
  expect((await ledger()).paid).toHaveLength(1);
});

test('a lock that another page of the origin holds for ever: words instead of a wait without end', async ({ context, page, shopper }) => {
  const holder = await context.newPage();
  await holder.goto('/images/mark.svg');
  await holder.evaluate(() => void navigator.locks.request('till.checkout', () => new Promise(() => {})));
  await page.clock.install();
  await page.goto('/');
  await expect(shopper.progress).toHaveText(en['progress.elsewhere']);
  await shopper.passTime(41_000);
  await expect(shopper.outcome.getByRole('heading')).toHaveText(en['stalled.title']);
  await page.locator('#ask').focus();
  await page.keyboard.press('Enter');
  await expect(shopper.outcome).toContainText(en['progress.stalled_nothing']);
  await expect(page.locator('#said')).toHaveText(en['progress.stalled_nothing']);
  await expect(page.locator('#ask')).toBeFocused();
  await holder.close();
  await expect(shopper.outcome).toBeHidden();
  await shopper.ready();
});

test('the e-mail that Stripe refuses while it takes the card is marked; nothing was sent', async ({ page, shopper, sent }) => {
  await shopper.open();
  await page.route('**/v1/payment_methods', (route) => route.fulfill({ status: 400, json: { error: { type: 'invalid_request_error', code: 'email_invalid', param: 'billing_details[email]', message: 'Invalid email address: ada@.example.com' } } }));
  await shopper.buy();
  await expect(page.locator('#email-error')).toHaveText(en['field.email.wrong']);
  await expect(page.locator('#errors')).toBeFocused();
  await page.unroute('**/v1/payment_methods');
  expect(sent).toHaveLength(0);
  await page.locator('#email').fill('ada@example.com');
  await shopper.pay.click();
  await shopper.isPaid();
});

test('a card that Stripe refuses while it takes it is told in a decline’s words, and nothing was sent', async ({ page, shopper, sent }) => {
  await shopper.open();
  await page.route('**/v1/payment_methods', (route) => route.fulfill({ status: 402, json: { error: { type: 'card_error', code: 'card_declined', decline_code: 'test_mode_live_card', message: 'x' } } }));
  await shopper.buy();
  await shopper.isRefused(en['decline.use_another_card']);
  expect(sent).toHaveLength(0);
});

test('the ninth card: the checkout is closed, said so, and Pay begins another', async ({ shopper, sent, ledger }) => {
  test.slow();
  await shopper.open();
  await shopper.details();
  for (let n = 0; n < 9; n++) {
    await shopper.card(CARDS.noFunds);
    await shopper.pay.click();
    await expect(shopper.pay).not.toHaveAttribute('aria-disabled', 'true');
    if (n < 8) await shopper.isDeclined('decline.funds');
  }
  await shopper.isRefused(en['refused.card_limit_reached']);
  expect(sent.at(-1).path).toBe('/api/payments/void');
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await shopper.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.map(({ status }) => status).sort(), paid.length]).toEqual([['canceled', 'succeeded'], 1]);
});

for (const [refunded, title, row] of [[1099, en['refunded.title'], '$10.99'], [500, en['paid.title'], '$5.00']]) {
  test(`a payment that was refunded by ${row} says so, also after a reload`, async ({ page, shopper }) => {
    await shopper.open();
    await page.route(API, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), refunded } });
    });
    await shopper.buy();
    for (const again of [false, true]) {
      if (again) await page.reload();
      await expect(shopper.title).toHaveText(title);
      await expect(page.locator('#receipt')).toContainText(fill(en['refunded.text'], { refunded: row }));
      await expect(page.locator('#refunded')).toHaveText(row);
      await expect(page.locator('#paid-total')).toHaveText('$10.99');
    }
  });
}

test('a paid checkout whose reply was lost, and which was refunded meanwhile, says so', async ({ page, shopper, till, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await page.route(API, loseReply);
  await shopper.buy();
  await shopper.waitOut();
  await page.unroute(API);
  const [{ id }] = (await ledger()).intents;
  const { secret_key } = await (await fetch(`${till.sandbox}/_sandbox/keys/roll`, { method: 'POST' })).json();
  await fetch(`${till.sandbox}/v1/refunds`, { method: 'POST', headers: { Authorization: `Bearer ${secret_key}` }, body: new URLSearchParams({ payment_intent: id, amount: '500' }) });
  await shopper.check();
  await expect(page.locator('#refunded')).toHaveText('$5.00');
});

test('"you have not been charged" does not stand beside a duplicate', async ({ page, shopper }) => {
  await shopper.open();
  await page.route(API, (route) => route.fulfill({ status: 402, json: { outcome: 'declined', payment_intent: 'pi_1', error: { type: 'card_error', code: 'card_declined', decline_code: 'duplicate_transaction', message: 'x', advice: 'try_again' } } }));
  await shopper.buy();
  await shopper.isDeclined('decline.duplicate');
  await expect(shopper.outcome).not.toContainText(en['declined.safe']);
});

test('a decline is of its visit: after a reload nothing is said of what was typed, and an hour later nothing at all', async ({ page, shopper }) => {
  await page.clock.install();
  await shopper.open();
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await expect(shopper.outcome).toContainText(en['declined.next']);
  await page.reload();
  await expect(shopper.outcome).toContainText(en['decline.funds']);
  await expect(shopper.outcome).not.toContainText(en['declined.next']);
  await shopper.passTime(HOUR);
  await page.reload();
  await shopper.ready();
  await expect(shopper.outcome).toBeHidden();
  await shopper.buy();
  await shopper.isPaid();
});

test('a checkout that cannot be read is asked about and cancelled; no amount is shown as its own', async ({ page, shopper, sent }) => {
  await page.clock.install();
  await page.goto('/images/mark.svg');
  const id = `${(Date.now() - 60_000).toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7abc-8def-0123456789ab`;
  await page.evaluate((text) => localStorage.setItem('till.checkout', text), JSON.stringify({ id, livemode: true, cart: 7 }));
  await page.goto('/');
  await shopper.waitOut();
  await expect(shopper.outcome).not.toContainText(en['unknown.completes']);
  await expect(page.locator('#total')).toBeHidden();
  await page.locator('#cancel').click();
  await shopper.isRefused(en['refused.cancelled']);
  await expect(page.locator('#total')).toBeVisible();
  expect(sent.map(({ path, key, body }) => [path, key, Boolean(JSON.parse(body).settle)])).toEqual([...Array(sent.length - 1).fill(['/api/payments/void', id, true]), ['/api/payments/void', id, false]]);
  await shopper.buy();
  await shopper.isPaid();
});
