// Card authentication, CARD_AUTHENTICATION=handle: the bank asks the shopper, and the page sees it through.
import { findNothingByDayAndNight, fitsEveryLanguage } from './audit.js';
import { SHOP, serveAsShipped } from './shipped.js';
import { CARDS, EMAIL, LANGUAGES, Shopper, en, expect, loseReply, test, words } from './shopper.js';

test.use({ settings: { CARD_AUTHENTICATION: 'handle' } });

const CONFIRM = '**/api/payments/*/confirm';
const COMPLETE = 'Complete authentication';
const HOUR = 3_600_000;

/** Opens the shop and pays with a card whose bank asks. */
async function ask(shopper, card = CARDS.authentication) {
  await shopper.open();
  await shopper.buy(card);
  await shopper.isAsked();
}

/** One PaymentIntent, paid once. */
async function isPaidOnce(shopper, ledger) {
  await shopper.isPaid();
  const { intents, paid } = await ledger();
  expect([intents.length, paid.length, intents[0].status]).toEqual([1, 1, 'succeeded']);
}

test('completed: paid once, and it is the server that confirms', async ({ shopper, ledger, sent }) => {
  await ask(shopper);
  expect((await ledger()).charges).toHaveLength(0);
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
  const [{ id }] = (await ledger()).intents;
  expect(sent.map(({ path, resend }) => [path, resend])).toEqual([['/api/payments', undefined], [`/api/payments/${id}/confirm`, 'true']]);
  const { items, ...first } = JSON.parse(sent[0].body);
  expect(JSON.parse(sent[1].body)).toEqual({ ...first, action: 'completed' });
  expect(sent[1].key).toBe(sent[0].key);
});

test('a card that its bank does not ask about is simply paid', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await shopper.buy();
  await isPaidOnce(shopper, ledger);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

const REFUSALS = {
  failed: (shopper) => shopper.answer('Fail authentication'),
  cancelled: (shopper) => shopper.answer('Cancel'),
  'cancelled by Escape': (shopper) => shopper.page.keyboard.press('Escape'),
};
for (const [how, refuse] of Object.entries(REFUSALS)) {
  test(`${how}: declined, with its advice; a second card is paid on the same PaymentIntent`, async ({ page, shopper, ledger }) => {
    await ask(shopper);
    await refuse(shopper);
    await shopper.isDeclined('decline.unconfirmed');
    await expect(shopper.outcome.getByRole('heading')).toBeFocused();
    await expect(page.locator('#email')).toHaveValue(EMAIL);
    await shopper.card(CARDS.mastercard);
    await shopper.pay.click();
    await isPaidOnce(shopper, ledger);
  });
}

test('failed, and a second card whose bank asks too: paid on the same PaymentIntent', async ({ shopper, ledger }) => {
  await ask(shopper);
  await shopper.answer('Fail authentication');
  await shopper.isDeclined('decline.unconfirmed');
  await shopper.card('4000000000003220');
  await shopper.pay.click();
  await shopper.isAsked();
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
});

test('completed, and declined by the bank after all', async ({ shopper, ledger }) => {
  await ask(shopper, CARDS.authenticatedThenDeclined);
  await shopper.answer(COMPLETE);
  await shopper.isDeclined();
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await isPaidOnce(shopper, ledger);
});

test('a reload in mid-challenge: the shopper brings it back, and pays once', async ({ page, shopper, ledger, sent }) => {
  await ask(shopper);
  await page.reload();
  await expect(shopper.title).toHaveText(en['action.title']);
  await expect.poll(() => sent.length).toBe(2);
  await expect(page.locator('#check')).not.toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await shopper.check();
  await shopper.isAsked();
  expect([sent[1].key, JSON.parse(sent[1].body), sent[1].resend]).toEqual([sent[0].key, { ...JSON.parse(sent[0].body), settle: true }, 'true']);
  expect([sent[2].key, sent[2].body, sent[2].resend]).toEqual([sent[0].key, sent[0].body, 'true']);
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
});

test('a reload after the challenge, before the server hears of it: the shopper goes on, paid once', async ({ page, shopper, ledger, sent }) => {
  await page.clock.install();
  await ask(shopper);
  const stopped = new Promise((resolve) => page.route(CONFIRM, resolve, { times: 1 }));
  await shopper.answer(COMPLETE);
  await stopped;
  const before = sent.length;
  await page.reload();
  await shopper.waitOut();
  expect(sent.slice(before).map(({ body }) => JSON.parse(body).settle)).toEqual(sent.slice(before).map(() => true));
  expect((await ledger()).paid).toHaveLength(0);
  await shopper.check();
  await isPaidOnce(shopper, ledger);
});

test('the first reply is lost: asked for again, and the challenge comes up', async ({ page, shopper, ledger }) => {
  await page.route('**/api/payments', loseReply, { times: 1 });
  await ask(shopper);
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
});

test('the reply after the second confirm is lost: paid once', async ({ page, shopper, ledger, sent }) => {
  await ask(shopper);
  await page.route(CONFIRM, loseReply, { times: 1 });
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
  expect(sent.map(({ resend }) => resend)).toEqual([undefined, 'true', 'true']);
});

test('every reply after the second confirm is lost: unknown, not "not charged"; after a reload paid once', async ({ page, shopper, ledger }) => {
  await page.clock.install();
  await ask(shopper);
  await page.route(CONFIRM, loseReply);
  await shopper.answer(COMPLETE);
  await expect(page.getByText(en['declined.safe'])).toBeHidden();
  await shopper.waitOut();
  expect((await ledger()).paid).toHaveLength(1);
  await page.unroute(CONFIRM);
  await page.reload();
  await isPaidOnce(shopper, ledger);
});

test('an hour after the challenge the bank’s word has run out: declined, and another card pays the same PaymentIntent', async ({ page, shopper, ledger, till }) => {
  await page.clock.install();
  await ask(shopper);
  await page.route(CONFIRM, (route) => route.abort());
  await shopper.answer(COMPLETE);
  await shopper.waitOut();
  await fetch(`${till.sandbox}/_sandbox/clock`, { method: 'POST', body: JSON.stringify({ advance_ms: HOUR + 1000 }) });
  await page.unroute(CONFIRM);
  await shopper.check();
  await shopper.isDeclined('decline.unconfirmed');
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await isPaidOnce(shopper, ledger);
});

test('two tabs: the second one waits, and both say paid', async ({ context, shopper, ledger }) => {
  await ask(shopper);
  const other = new Shopper(await context.newPage());
  await other.page.goto('/');
  await expect(other.progress).toHaveText(en['progress.elsewhere']);
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
  await other.isPaid();
});

test('the tab that shows the challenge is closed: the other one goes on when the shopper wants to', async ({ context, shopper, ledger }) => {
  const other = new Shopper(await context.newPage());
  await other.open();
  await ask(shopper);
  await shopper.page.close();
  await expect(other.title).toHaveText(en['action.title']);
  await expect(other.page.locator('main'), 'what was known in another tab may be old').not.toContainText(en['declined.safe']);
  await other.check();
  await other.isAsked();
  await other.answer(COMPLETE);
  await isPaidOnce(other, ledger);
});

test('a challenge that does not load can be tried again, or cancelled', async ({ page, shopper, ledger, sent }) => {
  await shopper.open();
  await page.route('**/js/challenge.js', (route) => route.abort());
  await shopper.buy(CARDS.authentication);
  await expect(page.locator('#check')).toBeVisible();
  await expect.poll(() => sent.length, { timeout: 20_000 }).toBe(2);
  await expect(page.locator('#said')).toBeEmpty();
  await expect(shopper.title).toHaveText(en['action.title']);
  await expect(shopper.outcome).toContainText(en['declined.safe']);
  await page.unroute('**/js/challenge.js');
  await shopper.check();
  await shopper.isAsked();
  const before = sent.length;
  await page.reload();
  await expect(shopper.title).toHaveText(en['action.title']);
  await expect.poll(() => sent.length, 'it asks by itself: a press before that answer may be none').toBe(before + 1);
  await expect(page.locator('#check')).not.toHaveAttribute('aria-disabled', 'true');
  await page.locator('#cancel').click();
  await shopper.isRefused(en['refused.cancelled']);
  expect(await shopper.stored()).toBeNull();
  const { intents, charges } = await ledger();
  expect([charges.length, intents.map(({ status }) => status)]).toEqual([0, ['canceled']]);
});

test('what is happening is said; the focus goes into the challenge, and comes out of it', async ({ page, shopper }) => {
  await ask(shopper);
  await expect(shopper.title).toHaveText(en['action.title']);
  await expect(page).toHaveTitle(`${en['action.title']} – Ebb & Orbit`);
  await expect(page.locator('#alert')).toHaveText(en['action.title']);
  await expect(page.locator('#said')).toHaveText(en['progress.authenticating']);
  await expect(page.getByRole('dialog')).toHaveAccessibleName('Card authentication');
  await expect(shopper.outcome).toContainText(en['declined.safe']);
  await expect(page.locator('#total')).toBeVisible();
  let go;
  await page.route(CONFIRM, async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });
  await shopper.answer(COMPLETE);
  await expect.poll(() => go).toBeTruthy();
  await expect(shopper.title).toBeFocused();
  await expect(page.locator('#said')).toHaveText(en['progress.checking']);
  await expect(page.locator('#check')).toHaveAttribute('aria-disabled', 'true');
  go();
  await shopper.isPaid();
  await expect(shopper.title).toBeFocused();
});

test('a purchase by keyboard alone, through the challenge', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await page.locator('#email').focus();
  const typed = { email: 'ada@example.com', name: 'Ada', number: CARDS.authentication, expiry: '1234', cvc: '123', postal: '94107' };
  for (const [name, text] of Object.entries(typed)) {
    const ofCard = ['number', 'expiry', 'cvc'].includes(name);
    if (ofCard) await shopper.isIn(name);
    else await expect(page.locator(`#${name}`)).toBeFocused();
    await page.keyboard.type(text);
    if (ofCard) await shopper.isTaken(name);
    await page.keyboard.press('Tab');
  }
  await expect(shopper.pay).toBeFocused();
  await page.keyboard.press('Enter');
  await shopper.isAsked();
  await page.keyboard.press('Tab');
  await expect(shopper.bank.getByRole('button', { name: COMPLETE })).toBeFocused();
  await page.keyboard.press('Enter');
  await isPaidOnce(shopper, ledger);
});

test('axe finds nothing while the bank asks, nor while it waits to ask again; all fits on the narrowest phone', async ({ page, shopper }) => {
  test.slow();
  await ask(shopper);
  await findNothingByDayAndNight(page);
  await page.route('**/js/challenge.js', (route) => route.abort());
  await page.evaluate(() => document.querySelector('dialog').remove());
  await shopper.check();
  await expect(page.locator('#said')).toBeEmpty({ timeout: 20_000 });
  await expect(shopper.title).toHaveText(en['action.title']);
  await findNothingByDayAndNight(page);
  await fitsEveryLanguage(page);
});

for (const language of LANGUAGES) {
  test(`in ${language}: the bank’s question and its advice`, async ({ page, shopper }) => {
    const say = words[language];
    await shopper.open(`/?lang=${language}`);
    await expect(page.locator('#test-bank')).toHaveText(say['test.asks']);
    await shopper.buy(CARDS.authentication);
    await shopper.isAsked();
    await expect(shopper.title).toHaveText(say['action.title']);
    for (const key of ['action.text', 'declined.safe', 'action.go', 'unknown.cancel']) await expect(shopper.outcome).toContainText(say[key]);
    await page.keyboard.press('Escape');
    await shopper.isDeclined('decline.unconfirmed', language);
  });
}

test('row 23: the client_secret is in no storage, log or address of ours', async ({ context, page, shopper, till }) => {
  const seen = [];
  context.on('console', (message) => seen.push(message.text()));
  context.on('request', (request) => request.url().startsWith(till.page) && seen.push(request.url()));
  const answered = page.waitForResponse('**/api/payments');
  await ask(shopper);
  expect(await (await answered).text()).toContain('_secret_');
  const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, document.title]));
  seen.push(await stored(), await page.content());
  await shopper.answer(COMPLETE);
  await shopper.isPaid();
  seen.push(await stored(), await page.content());
  for (const text of seen) expect(text).not.toContain('_secret_');
});

test('rows 21, 22: as shipped, Stripe.js at its true address: completed, paid, zero violations', async ({ context, page, ledger, till }) => {
  await serveAsShipped(context, till);
  const shopper = new Shopper(page);
  await shopper.open(SHOP);
  await shopper.buy(CARDS.authentication);
  await shopper.isAsked();
  await shopper.answer(COMPLETE);
  await isPaidOnce(shopper, ledger);
});
