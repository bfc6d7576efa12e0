// The page follows what the function says of a checkout, and infers nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MAX_CARDS } from '../../../static-site/app/checkout.js';
import { isAmount, isItems } from '../../../static-site/app/stored.js';
import { ACTION, CART, CONFIG, DECLINED, OTHER, PAID, UNKNOWN, closed, open, page } from './origin.js';

const CODES = ['rate_limited', 'checkout_closed', 'checkout_expired', 'stripe_refused', 'page_outdated', 'forbidden', 'total_changed', 'parameter_invalid'];

for (const code of CODES) {
  test(`${code}: an open checkout goes on, a closed one is over, on first sends and re-sends`, async () => {
    for (const before of [[], [DECLINED]]) {
      const kept = page({ answers: [...before, open(code), PAID] });
      for (let n = 0; n < before.length + 2; n++) await kept.press();
      assert.equal(kept.payment.state, 'paid');
      assert.equal(new Set(kept.sent.map(({ key }) => key)).size, 1);

      const over = page({ answers: [...before, closed(code), PAID] });
      for (let n = 0; n < before.length + 1; n++) await over.press();
      assert.deepEqual([over.payment.state, over.payment.detail.code, over.stored()], ['not_attempted', code, null]);
      await over.press();
      assert.notEqual(over.sent.at(-1).key, over.sent[0].key);
      assert.equal(over.sent.at(-1).resend, false);
    }
  });
}

test('a void that was refused, and left the checkout open, has cancelled nothing', async () => {
  const { press, payment, sent, stored } = page({ answers: [UNKNOWN, open('rate_limited'), closed('checkout_closed'), PAID] });
  await press();
  await payment.cancel();
  assert.deepEqual([payment.state, payment.detail.code, stored().id], ['not_attempted', 'rate_limited', sent[0].key]);
  await press(OTHER);
  assert.deepEqual(sent.map(({ path }) => path), ['/api/payments', '/api/payments/void', '/api/payments/void', '/api/payments']);
  assert.equal(payment.state, 'paid');
});

test('a refund is kept with the receipt', async () => {
  const { press, payment, stored } = page({ answers: [{ ...PAID, refunded: 500 }] });
  await press();
  assert.deepEqual([payment.detail.receipt.refunded, stored('till.receipt').refunded], [500, 500]);
});

test('the page has the function’s limits: cards of a checkout, lines and quantities of an order, its total', () => {
  const limit = (file, pattern) => Number(pattern.exec(readFileSync(join(import.meta.dirname, '../../../functions/payments', file), 'utf8'))?.[1].replaceAll('_', ''));
  assert.equal(limit('src/checkout/mod.rs', /MAX_CARDS: \w+ = (\d+);/), MAX_CARDS);
  const lines = limit('src/catalog.rs', /MAX_ITEMS: \w+ = (\d+);/);
  const quantity = limit('build/price_list.rs', /QUANTITIES: .* = 1\.\.=(\d+);/);
  const amount = limit('src/money.rs', /MAX_AMOUNT: \w+ = ([\d_]+);/);
  const order = (length, quantity) => Array.from({ length }, (_, n) => ({ sku: `item-${n}`, quantity }));
  assert.deepEqual([order(lines, quantity), order(lines + 1, 1), order(1, quantity + 1)].map(isItems), [true, false, false]);
  assert.deepEqual([amount, amount + 1].map(isAmount), [true, false]);
});

test(`the ninth card: the checkout is closed with nothing sent, and the next press begins another`, async () => {
  const { press, payment, sent, stored } = page({ answers: [...Array(MAX_CARDS).fill(DECLINED), closed('checkout_closed'), PAID] });
  for (let n = 0; n < MAX_CARDS; n++) await press();
  assert.deepEqual([payment.state, sent.length], ['declined', MAX_CARDS]);
  await press();
  assert.deepEqual([payment.state, payment.detail.code, stored()], ['not_attempted', 'card_limit_reached', null]);
  assert.deepEqual(sent.at(-1).path, '/api/payments/void');
  await press();
  assert.equal(payment.state, 'paid');
  assert.notEqual(sent.at(-1).key, sent[0].key);
});

test('the ninth card of another cart is simply the first of its own checkout', async () => {
  const { press, payment, sent } = page({ answers: [...Array(MAX_CARDS).fill(DECLINED), closed('checkout_closed'), PAID] });
  for (let n = 0; n < MAX_CARDS; n++) await press();
  await press(OTHER);
  assert.deepEqual([payment.state, sent.at(-1).body.expected_total], ['paid', OTHER.total]);
});

test('the eight cards turn out paid after all: that is shown', async () => {
  const { press, payment } = page({ answers: [...Array(MAX_CARDS).fill(DECLINED), PAID] });
  for (let n = 0; n <= MAX_CARDS; n++) await press();
  assert.equal(payment.state, 'paid');
});

test('whatever is answered to whichever request, no busy state stays, and nothing is thrown', async () => {
  const answers = [PAID, DECLINED, UNKNOWN, ACTION, open('x'), closed('x')];
  const ways = {
    pay: (tab) => tab.press(),
    settle: (tab) => tab.payment.settle(),
    check: (tab) => tab.payment.check(),
    cancel: (tab) => tab.payment.cancel(),
    'pay another cart': (tab) => tab.press(tab.payment.state === 'declined' ? OTHER : CART),
  };
  for (const first of answers) {
    for (const [way, act] of Object.entries(ways)) {
      for (const second of answers) {
        const tab = page({ answers: [first, second, ...Array(6).fill(UNKNOWN)] });
        await tab.press();
        await act(tab);
        assert.deepEqual([tab.payment.busy, tab.errors], [false, []], `${way}: ${first.outcome}, ${second.outcome}: ${tab.payment.state}`);
        const reloaded = page({ storage: tab.storage, answers: [second, ...Array(6).fill(UNKNOWN)] });
        await reloaded.payment.start(CONFIG);
        assert.deepEqual([reloaded.payment.busy, reloaded.errors], [false, []], `${way}, reload: ${first.outcome}, ${second.outcome}`);
      }
    }
  }
});
