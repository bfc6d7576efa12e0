// A bare merchant's page for the stand-in: another origin, a strict CSP, three fields in a form.
import { createServer } from 'node:http';
import { test as base } from '@playwright/test';
import { axeIn, expectAllTested } from '../axe.js';
import { startSandbox } from '../servers.mjs';

export { expect } from '@playwright/test';

export const types = ['cardNumber', 'cardExpiry', 'cardCvc'];

const page = (script) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop</title><link rel="stylesheet" href="/shop.css"></head>
<body><main><h1>Shop</h1>
<form>
  <label for="cardNumber">Card number</label><div id="cardNumber"></div>
  <label for="cardExpiry">Expiry</label><div id="cardExpiry"></div>
  <label>Security code <div id="cardCvc"></div></label>
  <button>Pay</button>
</form></main>
<script src="${script}"></script></body></html>`;

const css = 'html { color-scheme: light dark } @media (prefers-color-scheme: dark) { body { background: #101820; color: #fff } }';

function policy(stripe) {
  return `default-src 'none'; script-src ${stripe}; frame-src ${stripe}; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** Serves the page, with Stripe.js from that origin: `{url, stop}`. */
export async function startShop(stripe) {
  const server = createServer(({ url }, response) => {
    const { pathname, search } = new URL(url, 'http://shop');
    response.setHeader('content-security-policy', policy(stripe));
    response.setHeader('content-type', pathname === '/shop.css' ? 'text/css' : 'text/html; charset=utf-8');
    response.end(pathname === '/shop.css' ? css : page(`${stripe}/dahlia/stripe.js${search}`));
  });
  await new Promise((settle) => server.listen(0, '127.0.0.1', settle));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** The page as a test drives it. Events of all Elements are kept in the page, in order. */
class Merchant {
  constructor(page, url, key) {
    Object.assign(this, { page, url, key });
  }

  /** Loads the page and mounts the three fields; `query` goes to stripe.js, `style` to each field. */
  async open({ query = '', locale, options = {}, only = types } = {}) {
    await this.page.goto(this.url + query);
    await this.page.evaluate(
      ({ key, locale, options, only }) => {
        window.seen = [];
        window.stripe = Stripe(key, { locale });
        window.elements = stripe.elements();
        document.querySelector('form').addEventListener('submit', (event) => {
          event.preventDefault();
          seen.push({ event: 'submit' });
        });
        for (const type of only) {
          const element = elements.create(type, options);
          for (const event of ['ready', 'focus', 'blur', 'change', 'escape', 'loaderror']) {
            element.on(event, (detail) => seen.push({ event, ...detail }));
          }
          element.mount(`#${type}`);
        }
      },
      { key: this.key, locale, options, only },
    );
  }

  /** As `open`, until every field is ready. */
  async openReady(how) {
    await this.open(how);
    for (const type of how?.only ?? types) await this.event({ event: 'ready', elementType: type });
  }

  frame(type) {
    return this.page.locator(`#${type} iframe`);
  }

  input(type) {
    return this.frame(type).contentFrame().getByRole('textbox');
  }

  async type(values) {
    for (const [type, value] of Object.entries(values)) {
      await this.enter(type);
      await this.page.keyboard.type(value);
    }
  }

  /** Puts the caret into a field. Of a focus in another site's frame the browser hears late, and until then keys go elsewhere. */
  async enter(type) {
    await this.input(type).focus();
    await this.isIn(type);
  }

  /** The caret is in a field, and the page has heard of it. */
  async isIn(type) {
    await base.expect(this.input(type)).toBeFocused();
    await base.expect(this.page.locator(`#${type}`)).toHaveClass(/StripeElement--focus/);
  }

  /** Waits for an event with these members. */
  event(members) {
    return this.page.waitForFunction(
      (members) => seen.some((one) => Object.entries(members).every(([name, value]) => one[name] === value)),
      members,
    );
  }

  /** The latest change event of a field, undefined members and all. */
  lastChange(type) {
    return this.page.evaluate(
      (type) => seen.findLast(({ event, elementType }) => event === 'change' && elementType === type),
      type,
    );
  }

  names() {
    return this.page.evaluate(() => seen.map(({ event, elementType }) => (elementType ? `${elementType} ${event}` : event)));
  }

  createPaymentMethod(billing_details) {
    return this.page.evaluate(
      (billing_details) =>
        stripe.createPaymentMethod({ type: 'card', card: elements.getElement('cardNumber'), billing_details }),
      billing_details,
    );
  }
}

/** What axe finds in the page and in every frame. */
export async function audit(page, part = 'html') {
  const axe = await axeIn(page);
  const results = await axe.include(part).analyze();
  expectAllTested(results);
  return results;
}

export const test = base.extend({
  servers: [
    async ({}, use) => {
      const sandbox = await startSandbox();
      const shop = await startShop(sandbox.sandbox);
      await use({ shop: shop.url, ...sandbox });
      shop.stop();
      await sandbox.stop();
    },
    { scope: 'worker' },
  ],
  /** The merchant's page; a violation of either CSP or an uncaught error fails the test. */
  merchant: async ({ page, servers }, use) => {
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    await use(new Merchant(page, servers.shop, servers.publishableKey));
    base.expect(faults).toEqual([]);
  },
});
