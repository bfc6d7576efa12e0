// Rows 1, 4 and 5 of the page’s list: one checkout, one charge.
import { CARDS, Shopper, en, expect, loseReply, test } from './shopper.js';

const API = '**/api/payments**';

test('row 1: the id is of the server’s clock, and stored before the card is tokenized', async ({ page, shopper, till }) => {
  await page.clock.install({ time: Date.now() + 5 * 3_600_000 });
  const start = Date.now();
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
  expect(minted, 'the shopper’s clock is five hours wrong, the id is not').toBeGreaterThan(start - 1000);
  expect(minted).toBeLessThan(Date.now() + 1000);
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
  await shopper.waitOut(); // it has sent again, by itself
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
        await route.fetch(); // else the one that only asks may come first, and find nothing
        resolve();
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
  expect([sent[1].key, JSON.parse(sent[1].body)]).toEqual([sent[0].key, { ...JSON.parse(sent[0].body), settle: true }]);
});

test('row 1: two tabs press at once: one charge, and both say paid', async ({ context, page, shopper, ledger, sent }) => {
  const other = new Shopper(await context.newPage());
  let release;
  const pressed = new Promise((resolve) => (release = resolve));
  const hold = async (route) => {
    await pressed;
    await route.continue();
  };
  for (const held of ['**/v1/payment_methods', API]) await context.route(held, hold); // the second press comes before anything is stored of the first
  for (const one of [shopper, other]) {
    await one.open();
    await one.details();
    await one.card(CARDS.visa);
  }
  await Promise.all([shopper, other].map((one) => one.page.evaluate(() => document.getElementById('pay').click())));
  release();
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
  await other.page.getByRole('radio', { name: 'CAD' }).check();
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
  await shopper.waitOut();
  await shopper.check();
  await shopper.isRefused(en['refused.cancelled']);
  const again = sent.slice(before);
  expect(new Set(again.map(({ path }) => path))).toEqual(new Set(['/api/payments/void']));
  expect(again.map(({ body }) => JSON.parse(body).settle), 'only the press cancels').toEqual([...Array(again.length - 1).fill(true), undefined]);
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
  await expect(shopper.outcome).toContainText(en['unknown.unsettled']);
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
