// A shopper with a real browser, at the storefront and sandbox of `cargo run`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { startTill } from '../servers.mjs';

export { expect };
export const root = join(import.meta.dirname, '../../..');
export const LANGUAGES = ['en', 'fr', 'es', 'zh'];

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
export const words = Object.fromEntries(LANGUAGES.map((language) => [language, readJson(`static-site/words/${language}.json`)]));
export const merchant = readJson('static-site/merchant.json');
export const catalog = readJson('static-site/catalog.json');
export const en = words.en;

export const CARDS = { visa: '4242424242424242', mastercard: '5555555555554444', noFunds: '4000000000009995', authentication: '4000002500003155', authenticatedThenDeclined: '4000008400001629', declined: '4000000000000002' };
export const EMAIL = 'ada.canary@example.com';

/** What the page says while a request of a payment is under way. */
const SENDING = ['sending', 'checking', 'closing', 'waiting'].map((name) => en[`progress.${name}`]);

/** Words with their placeholders filled, as the page says them. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export class Shopper {
  constructor(page) {
    this.page = page;
    this.pay = page.locator('#pay');
    this.title = page.locator('h1');
    this.outcome = page.locator('#outcome');
    this.progress = page.locator('#progress');
    this.bank = page.getByRole('dialog').locator('iframe').contentFrame();
  }

  async open(path = '/') {
    await this.page.goto(path);
    await this.ready();
  }

  /** Goes to the form, whose card fields come when it is in view. */
  async ready() {
    await expect(async () => {
      await this.page.locator('#form').scrollIntoViewIfNeeded(); // and again: an outcome that is found goes to its own heading
      await expect(this.pay).not.toHaveAttribute('aria-disabled', 'true', { timeout: 1000 });
    }).toPass({ timeout: 15_000 });
  }

  field(name) {
    return this.page.frameLocator(`#card-${name} iframe`).getByRole('textbox');
  }

  /** Fills the card in, and sees the page take each field for filled: its frame tells it so in a message. */
  async card(number, { expiry = '12 / 34', cvc = number.startsWith('37') ? '1234' : '123' } = {}) {
    for (const [name, value] of Object.entries({ number, expiry, cvc })) {
      await this.enter(name);
      await this.field(name).fill(value);
      await this.isTaken(name);
    }
  }

  /** The page has heard that a card field is filled: keys and clicks can overtake the message. */
  async isTaken(name) {
    await expect(this.page.locator(`#card-${name}`)).not.toHaveClass(/StripeElement--empty/);
  }

  async enter(name) {
    await this.field(name).focus();
    await this.isIn(name);
  }

  /** Sees the caret and the page's ring in a card field. Of a focus in another site's frame the browser hears late, and until then keys go elsewhere. */
  async isIn(name) {
    await expect(this.field(name)).toBeFocused();
    await expect(this.page.locator(`#card-${name}`)).toHaveClass(/focused/);
  }

  async details({ email = EMAIL, name = 'Ada Canary', postal = 'k1a0b1' } = {}) {
    await this.page.locator('#email').fill(email);
    await this.page.locator('#name').fill(name);
    await this.page.locator('#postal').fill(postal);
  }

  /** Fills everything in and presses Pay. */
  async buy(number = CARDS.visa) {
    await this.details();
    await this.card(number);
    await this.pay.click();
  }

  async isPaid() {
    await expect(this.title).toHaveText(en['paid.title']);
  }

  async isDeclined(key = 'decline.contact_issuer', language = 'en') {
    await expect(this.outcome.getByRole('heading')).toHaveText(words[language]['declined.title']);
    await expect(this.outcome).toContainText(words[language][key]);
    for (const name of ['number', 'expiry', 'cvc']) await expect(this.field(name)).toHaveValue('');
  }

  /** The bank asks, over the page. */
  async isAsked() {
    await expect(this.bank.getByRole('heading')).toBeFocused();
  }

  /** `Complete authentication`, `Fail authentication` or `Cancel`. */
  answer(name) {
    return this.bank.getByRole('button', { name }).click();
  }

  async isRefused(text) {
    await expect(this.outcome.getByRole('heading')).toHaveText(en['refused.title']);
    await expect(this.outcome).toContainText(text);
  }

  async isUnknown() {
    await expect(this.title).toHaveText(en['unknown.title']);
    await expect(this.page.locator('#check')).not.toHaveAttribute('aria-disabled', 'true');
  }

  check() {
    return this.page.locator('#check').click();
  }

  /** What has a limit by the page's clock is there: the config, Stripe.js and, where the form is shown, the card fields. */
  async isLoaded() {
    await expect(this.page.locator('#test-mode')).not.toHaveAttribute('hidden');
    await expect.poll(() => this.page.evaluate(() => 'Stripe' in window)).toBe(true);
    const [form, fields] = [this.page.locator('#form'), this.page.locator('.box iframe')];
    if (await form.isVisible()) {
      await form.scrollIntoViewIfNeeded();
      await expect(fields).toHaveCount(3);
    }
    await expect(fields.and(this.page.getByTitle('Secure input frame', { exact: true })), 'the title until the field is ready').toHaveCount(0);
  }

  /** Lets the clock of every page of the context jump: not before this one has loaded, or it gives up what is on its way. Needs `page.clock.install()`. */
  async passTime(ms) {
    await this.isLoaded();
    await this.page.clock.fastForward(ms);
  }

  /** Lets the page's clock run on until it has given up sending by itself; needs `page.clock.install()` before `open`. */
  async waitOut() {
    await expect(async () => expect(SENDING).toContain(await this.page.locator('#said').textContent())).toPass({ timeout: 15_000 }); // the card is tokenized: that has a limit, too
    await this.isLoaded();
    await expect(async () => {
      await this.page.clock.fastForward(16_000);
      await expect(this.page.locator('#check')).not.toHaveAttribute('aria-disabled', 'true', { timeout: 200 });
    }).toPass({ timeout: 20_000 });
    await this.isUnknown();
  }

  stored(key = 'till.checkout') {
    return this.page.evaluate((name) => JSON.parse(localStorage.getItem(name)), key);
  }
}

export const test = base.extend({
  /** The function's settings, for a file of tests: `test.use({ settings: { CARD_AUTHENTICATION: 'handle' } })`. */
  settings: [{}, { scope: 'worker', option: true }],
  till: [
    async ({ settings }, use) => {
      const till = await startTill(settings);
      await use(till);
      await till.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: ({ till }, use) => use(till.page),

  /** The sandbox's books, empty at the test's start: `ledger()` → `{intents, charges, paid, requests}`. */
  ledger: async ({ till }, use) => {
    await fetch(`${till.sandbox}/_sandbox/reset`, { method: 'POST' });
    await use(async () => {
      const books = await (await fetch(`${till.sandbox}/_sandbox/ledger`)).json();
      return { ...books, paid: books.charges.filter(({ paid }) => paid) };
    });
  },

  shopper: ({ page, ledger }, use) => use(new Shopper(page, ledger)),

  /** Every request to /api/payments…, in order: `{path, key, resend, body}`. */
  sent: async ({ context }, use) => {
    const sent = [];
    context.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (!pathname.startsWith('/api/payments')) return;
      const headers = request.headers();
      sent.push({ path: pathname, key: headers['idempotency-key'], resend: headers['till-resend'], type: headers['content-type'], body: request.postData() });
    });
    await use(sent);
  },

  /** What the browser refused by policy; a test that provokes it empties the list. */
  violations: [
    async ({ context }, use) => {
      const violations = [];
      context.on('console', (message) => /Content.Security.Policy|Permissions.Policy/i.test(message.text()) && violations.push(message.text()));
      context.on('weberror', (error) => violations.push(String(error.error())));
      await use(violations);
      expect(violations, 'policy violations and uncaught errors').toEqual([]);
    },
    { auto: true },
  ],
});

/** Carries the request out, and loses the reply. */
export async function loseReply(route) {
  await route.fetch();
  await route.abort('connectionreset');
}
