// Rows 17 to 19 of the page's list: everyone can use it (WCAG 2.2 AA).
import { findNothing, findNothingByDayAndNight, fitsEveryLanguage } from './audit.js';
import { CARDS, LANGUAGES, en, expect, test, words } from './shopper.js';

const API = '**/api/payments**';
const busy = { status: 429, json: { outcome: 'not_attempted', checkout: 'open', error: { type: 'api_error', code: 'rate_limited', message: 'x' } } };

/** State → how to bring the page there. */
const STATES = {
  open: () => {},
  errors: (shopper) => shopper.pay.click(),
  busy: async (shopper) => {
    await shopper.page.route(API, () => {});
    await shopper.buy();
    await expect(shopper.progress).toHaveText(en['progress.sending']);
  },
  declined: async (shopper) => {
    await shopper.buy(CARDS.noFunds);
    await shopper.isDeclined('decline.funds');
  },
  'not attempted': async (shopper) => {
    await shopper.page.route(API, (route) => route.fulfill(busy));
    await shopper.buy();
    await shopper.isRefused(en['refused.rate_limited']);
  },
  unknown: async (shopper) => {
    await shopper.page.route(API, (route) => route.abort());
    await shopper.buy();
    await shopper.waitOut();
  },
  paid: async (shopper) => {
    await shopper.buy();
    await shopper.isPaid();
  },
};

test('row 17: the live regions are there from the start, empty', async ({ page, shopper }) => {
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.locator('#said')).toHaveAttribute('role', 'status');
  await expect(page.locator('#alert')).toHaveAttribute('role', 'alert');
  await shopper.ready();
  await expect(page.locator('#alert')).toBeEmpty();
});

test('row 17: progress is said as a status', async ({ page, shopper }) => {
  await shopper.open();
  await STATES.busy(shopper);
  await expect(page.locator('#said')).toHaveText(en['progress.sending']);
});

const OUTCOMES = { declined: 'declined.title', 'not attempted': 'refused.title', unknown: 'unknown.title', paid: 'paid.title' };
for (const [state, key] of Object.entries(OUTCOMES)) {
  test(`row 17: ${state} moves the focus to its heading, changes the title, and alerts of what went wrong`, async ({ page, shopper }) => {
    await page.clock.install();
    await shopper.open();
    await STATES[state](shopper);
    const heading = page.getByRole('heading', { name: en[key], exact: true });
    await expect(heading).toBeFocused();
    await expect(heading).toBeInViewport();
    await expect(page).toHaveTitle(`${en[key]} – Ebb & Orbit`);
    await expect(page.locator('#alert')).toHaveText(state === 'paid' ? '' : en[key]);
  });
}

test('row 18: busy: said so, not disabled, the focus kept', async ({ page, shopper }) => {
  await shopper.open();
  await STATES.busy(shopper);
  await expect(shopper.pay).toHaveText(en['form.busy']);
  await expect(shopper.pay).toHaveAttribute('aria-disabled', 'true');
  await expect(shopper.pay).not.toHaveAttribute('disabled');
  await expect(shopper.pay).toBeFocused();
});

test('row 18: a purchase by keyboard alone: a decline, another card, a receipt', async ({ page, shopper, ledger }) => {
  test.slow();
  await shopper.open();
  const tab = async (times = 1) => {
    for (let n = 0; n < times; n++) await page.keyboard.press('Tab');
  };
  const tabTo = async (locator) => {
    for (let n = 0; n < 40; n++) {
      if (await locator.evaluate((node) => node === document.activeElement)) return;
      await tab();
    }
    throw new Error('the Tab key does not lead there');
  };
  await tab();
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page.getByRole('button', { name: 'One more Star map' }));
  await page.keyboard.press('Space');
  await tabTo(page.locator('#email'));
  await page.keyboard.type('ada@example.com');
  await tab();
  await expect(page.locator('#name')).toBeFocused();
  await page.keyboard.type('Ada');
  const type = async (name, text) => {
    await shopper.isIn(name);
    await page.keyboard.type(text);
    await shopper.isTaken(name);
    await tab();
  };
  await tab();
  await type('number', CARDS.noFunds);
  await type('expiry', '1234');
  await type('cvc', '123');
  await expect(page.locator('#postal')).toBeFocused();
  await page.keyboard.type('94107');
  await page.keyboard.press('Enter');
  await shopper.isDeclined('decline.funds');
  await tab();
  await expect(page.locator('#again')).toBeFocused();
  await page.keyboard.press('Enter');
  await type('number', CARDS.visa);
  await type('expiry', '1234');
  await shopper.isIn('cvc');
  await page.keyboard.type('123');
  await page.keyboard.press('Enter');
  await shopper.isPaid();
  await expect(page.locator('#paid-total')).toHaveText('$21.98');
  expect((await ledger()).intents).toHaveLength(1);
});

/** Relative luminance contrast of two CSS colours, as the browser computes them. */
const contrast = (page, one, two) =>
  page.evaluate(
    (colours) => {
      const luminance = (colour) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d');
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [high, low] = colours.map(luminance).sort((a, b) => b - a);
      return (high + 0.05) / (low + 0.05);
    },
    [one, two],
  );

for (const colorScheme of ['light', 'dark']) {
  test(`row 18: the focus ring is seen everywhere it goes, at 3:1 and more (${colorScheme})`, async ({ page, shopper }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 700 });
    await shopper.open();
    const look = () =>
      page.evaluate(() => {
        const node = document.activeElement.closest('.segments label, .box') ?? document.activeElement;
        const style = getComputedStyle(node);
        const background = (one) => (one && getComputedStyle(one).backgroundColor !== 'rgba(0, 0, 0, 0)' ? getComputedStyle(one).backgroundColor : one ? background(one.parentElement) : 'white');
        const { top, bottom, left, right } = node.getBoundingClientRect();
        const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
        const cuts = (one) => {
          const { overflow, contain, contentVisibility } = getComputedStyle(one);
          if (overflow === 'visible' && contain === 'none' && contentVisibility === 'visible') return false;
          const edge = one.getBoundingClientRect();
          return edge.left > left - reach || edge.right < right + reach || edge.top > top - reach || edge.bottom < bottom + reach;
        };
        const around = (one) => (one ? [one, ...around(one.parentElement)] : []);
        const cut = around(node.parentElement).find(cuts)?.id;
        const bar = document.getElementById('summary').getBoundingClientRect();
        const hidden = !node.closest('#summary') && top < bar.bottom && bottom > bar.top;
        return { id: node.id || node.outerHTML.slice(0, 60), width: parseFloat(style.outlineWidth), style: style.outlineStyle, colour: style.outlineColor, behind: background(node.parentElement), hidden, cut };
      });
    const seen = new Set();
    for (let n = 0; n < 34; n++) {
      await page.keyboard.press('Tab');
      let ring = await look();
      if (/^<body/.test(ring.id)) continue;
      // A card field's frame tells of its focus in a message: its ring comes after.
      await expect.poll(async () => (ring = await look()).style, ring.id).not.toBe('none');
      seen.add(ring.id);
      expect(ring.width, ring.id).toBeGreaterThanOrEqual(2);
      expect(await contrast(page, ring.colour, ring.behind), ring.id).toBeGreaterThanOrEqual(3);
      expect(ring.hidden, `${ring.id} is under the order summary`).toBe(false);
      expect(ring.cut, `what cuts the ring of ${ring.id} off`).toBeUndefined();
    }
    for (const id of ['email', 'card-number', 'card-cvc', 'postal', 'pay']) expect([...seen]).toContain(id);
  });
}

for (const state of Object.keys(STATES)) {
  test(`rows 18, 19: ${state}: axe finds nothing, light and dark; targets of 44 px and no sideways scroll at 320 px in every language`, async ({ page, shopper }) => {
    test.slow();
    await page.clock.install();
    await shopper.open();
    await STATES[state](shopper);
    await findNothingByDayAndNight(page);
    await fitsEveryLanguage(page);
  });
}

for (const language of LANGUAGES) {
  test(`row 19: axe finds nothing in ${language}`, async ({ page, shopper }) => {
    await shopper.open(`/?lang=${language}`);
    await shopper.pay.click();
    await expect(page.locator('#errors')).toContainText(words[language]['errors.title']);
    await findNothing(page);
  });
}

test('row 19: at 400 % nothing scrolls sideways, and no bar covers the page', async ({ page, shopper }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await shopper.open();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expect(page.locator('#summary')).toHaveCSS('position', 'static');
  await shopper.buy();
  await shopper.isPaid();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test('row 19: nothing moves where less motion is asked for', async ({ page, shopper }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await shopper.open();
  const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((node) => parseFloat(getComputedStyle(node).transitionDuration) > 0).length);
  expect(moving).toBe(0);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('row 19: in forced colours what is chosen, focused or wrong is still told apart', async ({ page, shopper }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await shopper.open();
  await expect(page.locator('.segments label:has(:checked)')).toHaveCSS('outline-style', 'solid');
  await expect(page.locator('#products li.chosen')).toHaveCSS('border-top-width', '3px');
  await page.locator('#email').focus();
  await expect(page.locator('#email')).toHaveCSS('outline-style', 'solid');
  await shopper.pay.click();
  await expect(page.locator('#card-number')).toHaveCSS('border-top-width', '3px');
  await findNothing(page);
});
