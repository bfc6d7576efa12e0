// The card fields as a shopper types in them.
import { expect, test, types } from './merchant.js';

const good = { cardNumber: '4242424242424242', cardExpiry: '1234', cardCvc: '123' };

test('a card is typed with the keyboard alone, and each field says what it is', async ({ merchant, page }) => {
  await merchant.openReady();
  for (const [type, value] of Object.entries({ ...good, cardCvc: '12345' })) {
    await page.keyboard.press('Tab');
    await merchant.isIn(type);
    await page.keyboard.type(value);
  }
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(merchant.input('cardCvc')).toBeFocused();

  await expect(merchant.input('cardNumber')).toHaveValue('4242 4242 4242 4242');
  await expect(merchant.input('cardExpiry')).toHaveValue('12 / 34');
  await expect(merchant.input('cardCvc')).toHaveValue('123');
  const attributes = { cardNumber: 'cc-number', cardExpiry: 'cc-exp', cardCvc: 'cc-csc' };
  for (const type of types) {
    await expect(merchant.input(type)).toHaveAttribute('autocomplete', attributes[type]);
    await expect(merchant.input(type)).toHaveAttribute('inputmode', 'numeric');
    await expect(page.locator(`#${type}`)).toHaveClass(/StripeElement--complete/);
  }
});

test('change events tell state and brand, once each', async ({ merchant, page }) => {
  await merchant.openReady();
  await merchant.type({ cardNumber: good.cardNumber });
  await merchant.event({ event: 'change', complete: true });
  expect(await page.evaluate(() => seen.filter(({ event }) => event === 'change'))).toEqual([
    { event: 'change', elementType: 'cardNumber', empty: false, complete: false, brand: 'visa' },
    { event: 'change', elementType: 'cardNumber', empty: false, complete: true, brand: 'visa' },
  ]);
  const keys = await page.evaluate(() => Object.keys(seen.at(-1)).sort());
  expect(keys).toEqual(['brand', 'complete', 'elementType', 'empty', 'error', 'event', 'value']);
});

test('focus, blur and escape; the container carries Stripe’s classes', async ({ merchant, page }) => {
  await merchant.openReady();
  const container = page.locator('#cardNumber');
  await expect(container).toHaveClass('StripeElement StripeElement--empty');
  await merchant.input('cardNumber').focus();
  await expect(container).toHaveClass(/StripeElement--focus/);
  await page.keyboard.press('Escape');
  await page.keyboard.type('42');
  await expect(container).not.toHaveClass(/StripeElement--empty/);
  await merchant.input('cardExpiry').focus();
  await merchant.event({ event: 'blur' });
  await expect(container).toHaveClass('StripeElement StripeElement--invalid');
  const names = (await merchant.names()).filter((name) => /cardNumber (focus|escape|blur)/.test(name));
  expect(names).toEqual(['cardNumber focus', 'cardNumber escape', 'cardNumber blur']);
});

test('an incomplete value is an error once it is left; an empty one is not; typing takes it away', async ({ merchant }) => {
  await merchant.openReady();
  const errors = {
    cardNumber: ['4242', 'incomplete_number', 'Your card number is incomplete.'],
    cardExpiry: ['1', 'incomplete_expiry', 'Your card’s expiration date is incomplete.'],
    cardCvc: ['1', 'incomplete_cvc', 'Your card’s security code is incomplete.'],
  };
  for (const type of types) {
    const [value, code, message] = errors[type];
    const input = merchant.input(type);
    await input.focus();
    await input.blur();
    await expect(input).toHaveAttribute('aria-invalid', 'false');
    await merchant.type({ [type]: value });
    await expect.poll(() => merchant.lastChange(type)).toMatchObject({ empty: false, complete: false, error: undefined });
    await expect(input).toHaveAttribute('aria-invalid', 'false');
    await input.blur();
    await expect.poll(async () => (await merchant.lastChange(type)).error).toEqual({ code, message, type: 'validation_error' });
    await expect(input).toHaveAttribute('aria-invalid', 'true');
    await expect(input).toHaveAccessibleDescription(message);
    await merchant.type({ [type]: '2' });
    await expect(input).toHaveAttribute('aria-invalid', 'false');
  }
});

test('what cannot become right is an error at once', async ({ merchant }) => {
  await merchant.openReady();
  const year = new Date().getFullYear() % 100;
  const cases = [
    ['cardNumber', '4242424242424241', 'invalid_number'],
    ['cardExpiry', `12${year - 1}`, 'invalid_expiry_year_past'],
    ['cardExpiry', `12${(year + 60) % 100}`, 'invalid_expiry_year'],
  ];
  for (const [type, value, code] of cases) {
    await merchant.input(type).fill(value);
    await expect.poll(async () => (await merchant.lastChange(type)).error?.code, { message: value }).toBe(code);
  }
});

test('a month of this year that is over is past', async ({ merchant, page }) => {
  await page.clock.install({ time: new Date(2027, 5, 15) });
  await merchant.openReady();
  await merchant.input('cardExpiry').fill('0527');
  await expect.poll(async () => (await merchant.lastChange('cardExpiry')).error?.code).toBe('invalid_expiry_month_past');
  await merchant.input('cardExpiry').fill('0627');
  await expect.poll(async () => (await merchant.lastChange('cardExpiry')).complete).toBe(true);
});

test('a pasted number may have spaces and dashes', async ({ merchant, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await merchant.openReady();
  for (const [text, shown] of [
    ['3782-822463-10005', '3782 822463 10005'],
    [' 5555 5555 5555 4444\n', '5555 5555 5555 4444'],
  ]) {
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await merchant.enter('cardNumber');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+V');
    await expect(merchant.input('cardNumber')).toHaveValue(shown);
  }
  await expect.poll(async () => (await merchant.lastChange('cardNumber')).brand).toBe('mastercard');
});

test('digits are edited in the middle, and separators never get in the way', async ({ merchant, page }) => {
  await merchant.openReady();
  await merchant.type({ cardNumber: '42425678' });
  for (let times = 0; times < 4; times += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await expect(merchant.input('cardNumber')).toHaveValue('4245 678');
  await page.keyboard.type('9');
  await expect(merchant.input('cardNumber')).toHaveValue('4249 5678');
  await merchant.type({ cardExpiry: '12' });
  await expect(merchant.input('cardExpiry')).toHaveValue('12 / ');
  await page.keyboard.press('Backspace');
  await expect(merchant.input('cardExpiry')).toHaveValue('1');
});

test('the code is as long as the brand wants, whichever is typed first', async ({ merchant }) => {
  await merchant.openReady();
  await merchant.type({ cardCvc: '1234' });
  await expect(merchant.input('cardCvc')).toHaveValue('1234');
  await merchant.type({ cardNumber: '4242' });
  await expect(merchant.input('cardCvc')).toHaveValue('123');
  await merchant.input('cardNumber').fill('378282246310005');
  await expect.poll(async () => (await merchant.lastChange('cardCvc')).complete).toBe(false);
  await merchant.input('cardCvc').fill('1234');
  await expect.poll(async () => (await merchant.lastChange('cardCvc')).complete).toBe(true);
});

test('Enter submits the form around the field', async ({ merchant, page }) => {
  await merchant.openReady();
  await merchant.type({ cardNumber: '42' });
  await page.keyboard.press('Enter');
  await merchant.event({ event: 'submit' });
});
