// Draws the page from the state of its parts: `words`, `merchant`, `cart`, `payment`, `card`, `form`, `notice`, `progress`, `stopped`.
import { showFooter, showMerchant } from './merchant.js';
import { showOutcome, showTitle, viewOf } from './outcome.js';
import { showProgress } from './progress.js';
import { showReceipt } from './receipt.js';
import { showSummary } from './shop.js';
import { byId, mark, say, show, showWords } from './words.js';

export function drawWords({ words, merchant, form }) {
  showMerchant(merchant, words);
  showWords(words);
  showFooter(merchant, words);
  form.show();
}

export const drawTitle = ({ words, payment, merchant, form }) => showTitle(words, { payment, merchant, errors: form.hasErrors });

function drawPay({ words, cart, card, payment: { busy }, stopped }) {
  const amount = cart.lines.length ? words.money(cart.total, cart.currency) : '';
  const pay = byId('pay');
  show(pay, !stopped);
  say(pay, busy ? words.say('form.busy') : words.say('form.pay', { amount }).trim());
  mark(pay, 'disabled', busy || !card.ready);
}

let lastView;

/** The heading of an outcome that `isNew` takes the focus. */
export function draw(page, isNew) {
  const { words, cart, payment, merchant, card, notice, startOver, abandon, stopped } = page;
  const { state, busy, open } = payment;
  const isPaid = state === 'paid';
  show(byId('shop'), !isPaid);
  show(byId('receipt'), isPaid);
  for (const id of ['choose', 'form', 'test-cards']) show(byId(id), !open);
  page.showShop(words, busy);
  showSummary(cart, words);
  notice.show(words, merchant);
  const heading = showOutcome(words, { payment, merchant, stopped, again: () => card.focus('number'), abandon });
  if (isPaid) showReceipt(words, payment.detail.receipt, { catalog: cart.catalog, merchant, startOver });
  drawTitle(page);
  drawPay(page);
  showProgress(words, page.progress);
  const view = viewOf(payment);
  if (isNew || (view === 'stalled' && view !== lastView)) say(byId('alert'), heading && !isPaid ? heading.textContent : '');
  lastView = view;
  if (!isNew) return;
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView();
}
