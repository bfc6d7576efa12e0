// Rows 12 to 16 of the page's list: clarity.
import { CARDS, EMAIL, en, expect, merchant, test } from './shopper.js';

test('row 12: the full total stands before the card; no account; six fields at most', async ({ page, shopper }) => {
  await shopper.open();
  const order = await page.evaluate(() => {
    const [total, card] = ['total', 'card-number'].map((id) => document.getElementById(id));
    return total.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  });
  expect(order).toBeTruthy();
  const own = await page.locator('#form input').evaluateAll((inputs) => inputs.map(({ id }) => id));
  expect(own).toEqual(['email', 'name', 'postal']);
  await expect(page.locator('#form iframe')).toHaveCount(3);
  await expect(page.locator('#form')).toContainText(en['form.guest']);
  await expect(page.locator('main')).not.toContainText(/sign in|log in|password|coupon/i);
  await expect(page.locator('#choose')).toContainText(merchant.promise.en);
});

test('row 12: the order summary stays in sight, on a phone and on a desk', async ({ page, shopper }) => {
  for (const size of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    await shopper.open();
    for (const id of ['title', 'products', 'email', 'pay']) {
      await page.locator(`#${id}`).evaluate((node) => node.scrollIntoView({ block: 'center' }));
      await expect(page.locator('#total')).toBeInViewport({ ratio: 1 });
    }
  }
});

test('row 13: number, expiry, security code; a click on a label goes into the frame; the brand is shown', async ({ page, shopper }) => {
  await shopper.open();
  const labels = await page.locator('#card label').allTextContents();
  expect(labels.map((label) => label.trim())).toEqual([en['field.number'], en['field.expiry'], en['field.cvc']]);
  for (const name of ['number', 'expiry', 'cvc']) {
    await expect(page.locator(`label[for="card-${name}"]`)).toBeVisible();
    await page.locator(`label[for="card-${name}"]`).click({ position: { x: 5, y: 5 } });
    await expect(shopper.field(name)).toBeFocused();
    await expect(page.locator(`#card-${name}`)).toHaveClass(/focused/);
  }
  const brands = { 4242: 'Visa', 5555: 'Mastercard', 3782: 'American Express' };
  for (const [start, brand] of Object.entries(brands)) {
    await shopper.field('number').fill(start);
    await expect(page.locator('#brand')).toHaveText(brand);
  }
  await shopper.field('number').fill('');
  await expect(page.locator('#brand')).toBeHidden();
});

test('row 14: autocomplete, type and input mode are right on every field', async ({ page, shopper }) => {
  await shopper.open();
  const expected = {
    email: { type: 'email', autocomplete: 'email', inputmode: 'email' },
    name: { type: 'text', autocomplete: 'cc-name' },
    postal: { type: 'text', autocomplete: 'postal-code', autocapitalize: 'characters' },
  };
  for (const [id, attributes] of Object.entries(expected)) {
    for (const [name, value] of Object.entries(attributes)) await expect(page.locator(`#${id}`)).toHaveAttribute(name, value);
  }
  await expect(shopper.field('number')).toHaveAttribute('autocomplete', 'cc-number');
  await expect(shopper.field('number')).toHaveAttribute('inputmode', 'numeric');
});

for (const [typed, postal_code, country] of [['94107', '94107', 'US'], ['94107-1234', '94107-1234', 'US'], ['k1a0b1', 'K1A 0B1', 'CA'], ['K1A 0B1', 'K1A 0B1', 'CA']]) {
  test(`row 14: ${typed} is taken, and told to Stripe as ${postal_code}, ${country}`, async ({ page, shopper }) => {
    await shopper.open();
    await shopper.details({ postal: typed });
    await shopper.card(CARDS.visa);
    const asked = page.waitForRequest('**/v1/payment_methods');
    await shopper.pay.click();
    const form = new URLSearchParams((await asked).postData());
    expect(form.get('billing_details[address][postal_code]')).toBe(postal_code);
    expect(form.get('billing_details[address][country]')).toBe(country);
    expect([form.get('billing_details[email]'), form.get('billing_details[name]')], 'for Radar').toEqual([EMAIL, 'Ada Canary']);
    await shopper.isPaid();
  });
}

test('row 15: a field is checked when it is left, and its message stays until it is put right', async ({ page, shopper }) => {
  await shopper.open();
  await page.locator('#email').fill('ada@');
  await expect(page.locator('#email-error')).toBeHidden();
  await page.locator('#name').focus();
  await expect(page.locator('#email-error')).toHaveText(en['field.email.wrong']);
  await expect(page.locator('#email')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#email')).toHaveAccessibleDescription(new RegExp(en['field.email.wrong']));
  await page.locator('#email').fill('ada@example');
  await expect(page.locator('#email-error')).toBeVisible();
  await page.locator('#email').fill('ada@example.com');
  await expect(page.locator('#email-error')).toBeHidden();
  await shopper.field('number').fill('4242 4242 4242 4241');
  await shopper.field('expiry').fill('01 / 20');
  await shopper.field('cvc').fill('1');
  await page.locator('#postal').fill('9410');
  await page.locator('#email').focus();
  await expect(page.locator('#number-error')).toHaveText(en['field.number.wrong']);
  await expect(page.locator('#expiry-error')).toHaveText(en['field.expiry.past']);
  await expect(page.locator('#cvc-error')).toHaveText(en['field.cvc.wrong']);
  await expect(page.locator('#postal-error')).toHaveText(en['field.postal.wrong']);
  await shopper.field('number').fill('4242 4242 4242 4242');
  await expect(page.locator('#number-error')).toBeHidden();
});

test('row 15: the error summary stands above the heading, takes the focus, and links to each field', async ({ page, shopper, sent }) => {
  await shopper.open();
  await page.getByRole('button', { name: 'One less Star map' }).click();
  await shopper.pay.click();
  const summary = page.locator('#errors');
  await expect(summary).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  expect((await summary.boundingBox()).y).toBeLessThan((await shopper.title.boundingBox()).y);
  const links = summary.getByRole('link');
  expect(await links.allTextContents()).toEqual(['cart', 'email', 'name', 'number', 'expiry', 'cvc', 'postal'].map((field) => en[`field.${field}.empty`]));
  for (const id of ['email', 'name', 'postal']) {
    await links.filter({ hasText: en[`field.${id}.empty`] }).click();
    await expect(page.locator(`#${id}`)).toBeFocused();
  }
  for (const id of ['number', 'expiry', 'cvc']) {
    await links.filter({ hasText: en[`field.${id}.empty`] }).click();
    await expect(shopper.field(id)).toBeFocused();
  }
  await links.filter({ hasText: en['field.cart.empty'] }).click();
  await expect(page.getByRole('button', { name: 'One more Star map' })).toBeFocused();
  await page.keyboard.press('Enter');
  expect(sent).toHaveLength(0);
  await shopper.buy();
  await shopper.isPaid();
  await expect(page).not.toHaveTitle(/Error/);
});

test('row 15: what only Stripe or the function finds wrong is shown at its field', async ({ page, shopper }) => {
  await shopper.open();
  await page.route('**/api/payments', (route) => route.fulfill({ status: 400, json: { outcome: 'not_attempted', checkout: 'open', error: { type: 'invalid_request_error', code: 'parameter_invalid', param: 'receipt_email', message: 'x' } } }));
  await shopper.buy();
  await expect(page.locator('#email-error')).toHaveText(en['field.email.wrong']);
  await expect(page.locator('#errors')).toBeFocused();
});

test('row 16: test mode is unmistakable, with the cards to try', async ({ page, shopper }) => {
  await shopper.open();
  const banner = page.locator('#test-mode');
  for (const key of ['test.title', 'test.text', 'test.rest']) await expect(banner).toContainText(en[key]);
  for (const number of ['4242 4242 4242 4242', '4000 0000 0000 9995', '4000 0025 0000 3155']) await expect(banner.getByText(number)).toBeVisible();
  await shopper.buy();
  await shopper.isPaid();
  await expect(page.locator('#receipt')).toContainText(en['test.title']);
});

test('row 16: on a phone test mode is named beside the total, always in sight, and a tap leads to the cards', async ({ page, shopper }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await shopper.open();
  for (const id of ['title', 'products', 'email', 'pay']) {
    await page.locator(`#${id}`).evaluate((node) => node.scrollIntoView({ block: 'center' }));
    await expect(page.locator('#test-link')).toBeInViewport({ ratio: 1 });
  }
  await page.locator('#test-link').click();
  await expect(page.locator('#test-mode')).toBeInViewport({ ratio: 1 });
});

test('row 16: nothing of it in live mode', async ({ page, shopper }) => {
  await page.route('**/api/config', async (route) => {
    const config = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, publishable_key: 'pk_live_1', livemode: true } });
  });
  await shopper.open();
  for (const id of ['test-mode', 'test-link']) await expect(page.locator(`#${id}`)).toBeHidden();
  await expect(page.locator('main')).not.toContainText(/test/i, { useInnerText: true });
});
