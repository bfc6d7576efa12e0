// The frames for those who do not see them, see them in other colours, or in the dark.
import { audit, expect, test, types } from './merchant.js';

const states = {
  empty: {},
  complete: { cardNumber: '4242424242424242', cardExpiry: '1234', cardCvc: '123' },
  invalid: { cardNumber: '4242424242424241', cardExpiry: '1220', cardCvc: '1' },
};

for (const [state, values] of Object.entries(states)) {
  test(`axe finds nothing in the ${state} fields`, async ({ merchant, page }) => {
    await merchant.openReady({ locale: 'fr', options: { showIcon: true } });
    await merchant.type(values);
    const { violations, passes } = await audit(page);
    expect(violations).toEqual([]);
    const inFrames = passes.flatMap(({ nodes }) => nodes).filter(({ target }) => target.length > 1);
    for (const type of types) expect(inFrames.some(({ target }) => target[0].includes(type))).toBe(true);
  });
}

test('a screen reader hears name, need and error', async ({ merchant }) => {
  await merchant.openReady({ locale: 'en' });
  await merchant.type({ cardNumber: '4242424242424241' });
  await expect(merchant.frame('cardNumber').contentFrame().locator('body')).toMatchAriaSnapshot(`
    - textbox "Credit or debit card number" [invalid]: 4242 4242 4242 4241
  `);
  await expect(merchant.input('cardNumber')).toHaveAttribute('aria-required', 'true');
  await expect(merchant.input('cardNumber')).toHaveAccessibleDescription('Your card number is invalid.');
  await expect(merchant.frame('cardNumber').contentFrame().locator('html')).toHaveAttribute('lang', 'en');
});

test('the controller is out of everyone’s way', async ({ merchant, page }) => {
  await merchant.openReady();
  await expect(page.locator('iframe[src$="/js/controller.html"]')).toBeHidden();
});

// The colour of the page's pixel at a place: screenshots are decoded in a page of their own.
async function colourAt(page, { x, y }) {
  const shot = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  const decoder = await page.context().newPage();
  const colour = await decoder.evaluate(async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }, [...shot]);
  await decoder.close();
  return colour;
}

test('a dark page shines through the fields', async ({ merchant, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await merchant.openReady();
  for (const type of types) {
    const box = await merchant.frame(type).boundingBox();
    await expect.poll(() => colourAt(page, { x: box.x + box.width - 10, y: box.y + box.height / 2 })).toEqual([0x10, 0x18, 0x20]);
  }
});

test('in forced colours the text is the system’s', async ({ merchant, page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await merchant.openReady({ options: { style: { base: { color: '#fefefe' } } } });
  await expect(merchant.input('cardNumber')).not.toHaveCSS('color', 'rgb(254, 254, 254)');
});

test('text enlarged to 200 % is not cut off', async ({ merchant, page }) => {
  await page.setViewportSize({ width: 320, height: 600 });
  await merchant.openReady({ options: { style: { base: { fontSize: '32px' } } } });
  for (const type of types) {
    const input = await merchant.input(type).boundingBox();
    const frame = await merchant.frame(type).boundingBox();
    expect(frame.height).toBeGreaterThanOrEqual(input.height);
    expect(frame.width).toBeLessThanOrEqual(320);
  }
});
