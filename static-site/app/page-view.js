// Draws the page from the state of its parts.
import { button, hint, showOutcome, showReceipt, showTitle, viewOf } from './outcome.js';
import { showSummary } from './shop.js';
import { byId, contactText, mark, say, show, showFooter, showMerchant, showWords } from './words.js';

export class Notice {
  #key = null;
  #retry;

  /** Whether there is something to try again before a payment can start. */
  get blocks() {
    return Boolean(this.#key && this.#retry);
  }

  clear() {
    this.#key = null;
  }

  tell(words, merchant, key, retry) {
    this.#key = key;
    this.#retry = retry;
    this.show(words, merchant);
    say(byId('alert'), words.say(`notice.${key}`));
  }

  show(words, merchant) {
    const notice = byId('notice');
    show(notice, this.#key);
    notice.replaceChildren(this.#key ? words.say(`notice.${this.#key}`) : '');
    if (this.blocks) notice.append(hint(contactText(words, merchant) ?? ''), button(words.say('notice.retry'), this.#retry, { id: 'retry' }));
  }
}

/** A key of the words, or null. `hint`: `waiting` while a request is sent again. */
export function progressOf({ state, open, busy, otherTab }, hint) {
  if (otherTab.state === 'waiting') return 'elsewhere';
  const { told } = otherTab;
  if (otherTab.state === 'stalled') return told && told !== 'checking' ? `stalled_${told}` : told;
  return hint ?? (busy ? (open && state !== 'authenticating' ? 'checking' : state) : null);
}

export function showProgress(words, progress) {
  const told = progress ? words.say(`progress.${progress}`) : '';
  for (const node of document.querySelectorAll('#said, .progress')) say(node, told);
}

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
  show(byId('summary'), !open || payment.detail.cart);
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
