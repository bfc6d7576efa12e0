// Rows 21 to 23 of the page's list: trust.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SHOP, headers, serveAsShipped } from './shipped.js';
import { CARDS, EMAIL, Shopper, en, expect, root, test } from './shopper.js';

const { scripts } = JSON.parse(readFileSync(join(root, 'infra/scripts.json'), 'utf8'));

/** What the local server sends: Stripe's origins replaced by the sandbox's, and nothing else. */
const replaced = (text, sandbox) => ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com', 'https://api.stripe.com'].reduce((value, origin) => value.replaceAll(origin, sandbox), text);

test('row 21: the page comes with the headers of infra/headers.json', async ({ request, till }) => {
  for (const path of ['/', '/app/page.js', '/style.css', '/images/mark.svg', '/words/fr.json']) {
    const sent = (await request.get(path)).headers();
    for (const { name, value } of headers) expect(sent[name.toLowerCase()], `${path} ${name}`).toBe(replaced(value, till.sandbox));
  }
});

test('row 21: the policy is the one that was decided on', () => {
  const value = (name) => headers.find((header) => header.name === name)?.value;
  expect(value('Content-Security-Policy')).toBe(
    "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; connect-src 'self' https://api.stripe.com; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(value('Strict-Transport-Security')).toMatch(/max-age=\d{8}/);
  expect(value('X-Content-Type-Options')).toBe('nosniff');
  for (const name of ['Referrer-Policy', 'Permissions-Policy']) expect(value(name)).toBeTruthy();
});

test('rows 21, 22: byte for byte as shipped, Stripe.js at its true address: a decline, then paid, zero violations', async ({ context, page, till, ledger }) => {
  await serveAsShipped(context, till);
  const hosts = new Set();
  context.on('request', (request) => hosts.add(new URL(request.url()).origin));
  const shopper = new Shopper(page);
  await shopper.open(SHOP);
  expect(await page.evaluate(() => window.isSecureContext)).toBe(true);
  const frames = page.locator('#card-number, #card-expiry, #card-cvc').locator('iframe');
  const seenByUs = await frames.evaluateAll((all) => all.map((frame) => [new URL(frame.src).origin, frame.contentDocument]));
  expect(seenByUs, 'frames of Stripe’s origin, closed to our scripts').toEqual(Array(3).fill(['https://js.stripe.com', null]));
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  await shopper.card(CARDS.visa);
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
  expect([...hosts].sort()).toEqual(['https://js.stripe.com', SHOP].sort());
});

test('row 21: planted scripts do not run, planted requests do not leave', async ({ context, page, till, violations }) => {
  const evil = '<script>window.planted = true</script><script src="https://evil.example/planted.js"></script><img src="/none.png" onerror="window.planted = true"></body>';
  await context.route('https://evil.example/**', (route) => route.fulfill({ contentType: 'text/javascript', body: 'window.planted = true' }));
  await serveAsShipped(context, till, (html) => html.replace('</body>', evil));
  const shopper = new Shopper(page);
  await shopper.open(SHOP);
  await page.evaluate(() => {
    const inline = document.createElement('script');
    inline.textContent = 'window.planted = true';
    const foreign = Object.assign(document.createElement('script'), { src: 'https://evil.example/planted.js' });
    document.body.append(inline, foreign);
    return new Promise((resolve) => foreign.addEventListener('error', resolve));
  });
  expect(await page.evaluate(() => fetch('https://evil.example/').then(() => 'left', () => 'stayed'))).toBe('stayed');
  expect(await page.evaluate(() => window.planted)).toBeUndefined();
  await expect.poll(() => violations.filter((text) => /script-src/.test(text)).length).toBe(5);
  await expect.poll(() => violations.filter((text) => /connect-src|Refused to connect/.test(text)).length, 'the policy’s word and fetch’s own').toBe(2);
  violations.length = 0; // they were provoked
});

test('row 22: every script that runs is in the inventory, with its reason; nothing else is loaded from anyone', async ({ context, page, till }) => {
  await serveAsShipped(context, till);
  const loaded = new Set();
  page.on('request', (request) => {
    if (request.resourceType() === 'script' && request.frame() === page.mainFrame()) loaded.add(request.url().replace(`${SHOP}/`, ''));
  });
  const shopper = new Shopper(page);
  await shopper.open(SHOP);
  await shopper.buy();
  await shopper.isPaid();
  expect([...loaded].sort()).toEqual(scripts.map(({ source }) => source).sort());
  expect(readdirSync(join(root, 'static-site/app')).map((file) => `app/${file}`).sort()).toEqual(scripts.map(({ source }) => source).filter((source) => source.startsWith('app/')).sort());
  for (const { source, owner, purpose, integrity } of scripts) for (const text of [owner, purpose, integrity]) expect(text, source).toBeTruthy();
  const page_ = readFileSync(join(root, 'static-site/index.html'), 'utf8');
  expect(page_.match(/https?:\/\/[^"'\s<]+/g)).toEqual(['https://js.stripe.com/dahlia/stripe.js']);
});

test('row 23: no e-mail, name, card or client_secret in logs, addresses or storage; the e-mail only in the unsettled attempt', async ({ context, page, shopper, ledger }) => {
  await page.clock.install();
  const seen = [];
  context.on('console', (message) => seen.push(message.text()));
  context.on('request', (request) => seen.push(request.url()));
  const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  await shopper.open();
  await shopper.buy(CARDS.noFunds);
  await shopper.isDeclined('decline.funds');
  expect(await stored(), 'a declined attempt is settled').not.toContain(EMAIL);
  await shopper.card(CARDS.visa);
  await page.route('**/api/payments**', (route) => route.abort());
  await shopper.pay.click();
  await shopper.waitOut();
  const unsettled = await stored();
  expect(unsettled.split(EMAIL)).toHaveLength(2);
  await page.unroute('**/api/payments**');
  await shopper.check();
  await shopper.isPaid();
  const settled = await stored();
  expect(settled).not.toContain(EMAIL);
  const secrets = (await ledger()).intents.map(({ client_secret }) => client_secret).filter(Boolean);
  for (const text of [...seen, unsettled, settled]) {
    for (const canary of ['Ada Canary', 'K1A', '_secret_', 'sk_test_', 'rk_test_', '4242424242424242', '4000000000009995', ...secrets]) expect(text).not.toContain(canary);
  }
  for (const text of seen) expect(text).not.toContain(EMAIL);
  expect(await page.evaluate(() => location.search)).toBe('');
});

test('row 23: a client_secret that answers by mistake is not kept', async ({ page, shopper }) => {
  await shopper.open();
  await page.route('**/api/payments', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), client_secret: 'pi_1_secret_canary', receipt_email: EMAIL } });
  });
  await shopper.buy();
  await shopper.isPaid();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).toContain('pi_');
  expect(stored).not.toMatch(/secret|canary/);
  await expect(page.locator('h1')).toHaveText(en['paid.title']);
});
