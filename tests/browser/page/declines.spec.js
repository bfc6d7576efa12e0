// Rows 9, 10 and 11 of the page’s list: declined, and offline.
import { CARDS, EMAIL, en, expect, test, words } from './shopper.js';

const API = '**/api/payments**';

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

/** A checkout takes eight cards. */
const HALVES = { first: Object.entries(DECLINES).slice(0, 6), second: Object.entries(DECLINES).slice(6) };

for (const [language, half] of Object.keys(words).flatMap((one) => Object.keys(HALVES).map((half) => [one, half]))) {
  test(`row 9: each declined card in its words, one PaymentIntent throughout (${language}, ${half} half)`, async ({ page, shopper, ledger }) => {
    test.slow();
    await shopper.open(`/?lang=${language}`);
    await shopper.details();
    for (const [number, key] of HALVES[half]) {
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

test('every card whose bank asks is declined alike, and the challenge never comes up', async ({ page, shopper, ledger }) => {
  await shopper.open();
  await shopper.details();
  for (const number of [CARDS.authentication, '4000002760003184', '4000000000003220', CARDS.authenticatedThenDeclined]) {
    await shopper.card(number);
    await shopper.pay.click();
    await expect(shopper.pay).not.toHaveAttribute('aria-disabled', 'true');
    await shopper.isDeclined('decline.authentication');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  const { intents, charges } = await ledger();
  expect([intents.length, charges.filter(({ paid }) => paid).length]).toEqual([1, 0]);
});

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

test('row 10: after a reload "Enter the card" leads to the card fields, which had not come yet', async ({ page, shopper }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await shopper.open();
  await shopper.buy(CARDS.declined);
  await shopper.isDeclined();
  await page.reload();
  await page.locator('#again').click();
  await expect(shopper.field('number')).toBeInViewport();
});

test('row 11: offline at the press: nothing is sent, and said so', async ({ context, page, shopper, sent, ledger }) => {
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await context.setOffline(true);
  await page.waitForFunction(() => !navigator.onLine);
  await shopper.pay.click();
  await shopper.isRefused(en['refused.offline']);
  expect(sent).toHaveLength(0);
  expect(await shopper.stored()).toMatchObject({ sent: false });
  await context.setOffline(false);
  await page.waitForFunction(() => navigator.onLine);
  await shopper.pay.click();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('the browser says that it is offline, and is wrong: the payment goes through', async ({ page, shopper, ledger }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { value: false }));
  await shopper.open();
  await shopper.buy();
  await shopper.isPaid();
  expect((await ledger()).paid).toHaveLength(1);
});

test('row 11: offline in the middle: unknown, and settled by itself when the network is back', async ({ context, page, shopper, ledger }) => {
  await page.clock.install();
  await shopper.open();
  await shopper.details();
  await shopper.card(CARDS.visa);
  await page.route(API, async (route) => {
    await route.fetch();
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
