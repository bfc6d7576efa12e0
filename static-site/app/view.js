// Draws the page from the state of its parts: a view for each outcome, and never more about money than is known.
import { brandName, declineWords, isUncharged } from './card-errors.js';
import { isBusy } from './payment-state.js';
import { showSummary } from './shop.js';
import { byId, contactLinks, contactText, make, mark, say, show, showFooter, showMerchant, showWords } from './words.js';

export const button = (text, onclick, more) => make('button', { type: 'button', onclick, ...more }, text);

const hint = (...text) => make('p', { class: 'hint' }, ...text);
const heading = (text) => make('h2', { tabindex: -1 }, text);
const paragraph = (...text) => make('p', {}, ...text.flatMap((part) => (part ? [part, ' '] : [])));

const contact = (words, { merchant }) => contactText(words, merchant) && hint(contactText(words, merchant));

/** What to name to the merchant: Stripe's reference, or when, how much, which card. */
function reference(words, { payment_intent, at, cart, card }) {
  const id = 'reference';
  const amount = cart && `${words.money(cart.total, cart.currency)} ${cart.currency.toUpperCase()}`;
  const told = [at && words.time(at), amount, card && cardText(words, card)].filter(Boolean).join(' · ');
  if (!payment_intent && !told) return null;
  return hint(words.say('reference'), ' ', payment_intent ? make('code', { id }, payment_intent) : make('strong', { id }, told));
}

const choices = (go, cancel, payment) => [
  make('p', { class: 'actions' }, button(go, () => payment.check(), { id: 'check', class: 'main' }), cancel ? button(cancel, () => payment.cancel(), { id: 'cancel' }) : null),
  make('p', { class: 'progress' }),
];

function refusal(words, { code, total }, stopped) {
  if (stopped) return 'refused.total_unsteady';
  const told = { checkout_expired: 'checkout_closed', total_changed: total === undefined ? 'page_outdated' : 'total_changed' }[code] ?? code;
  return words.has(`refused.${told}`) ? `refused.${told}` : 'refused.other';
}

const RELOADED = ['refused.total_unsteady', 'refused.page_outdated'];
const ASKED = ['refused.total_unsteady', 'refused.other', 'refused.stripe_refused', 'refused.forbidden'];

const VIEWS = {
  declined: (words, detail, { again }) => [
    heading(words.say('declined.title')),
    paragraph(words.say(declineWords(detail)), isUncharged(detail) && make('strong', {}, words.say('declined.safe'))),
    !detail.found && hint(words.say('declined.next')),
    reference(words, detail),
    button(words.say('declined.again'), again, { id: 'again' }),
  ],

  not_attempted(words, detail, context) {
    const { total, currency, decline } = detail;
    const key = decline ? declineWords(decline) : refusal(words, detail, context.stopped);
    return [
      heading(words.say('refused.title')),
      paragraph(words.say(key, { total: total !== undefined && words.money(total, currency) })),
      RELOADED.includes(key) && button(words.say('refused.reload'), () => location.reload()),
      ASKED.includes(key) && contact(words, context),
    ];
  },

  action: (words, detail, { payment }) => [
    paragraph(words.say('action.text'), !detail.found && make('strong', { class: 'safe' }, words.say('declined.safe'))),
    ...choices(words.say('action.go'), words.say('unknown.cancel'), payment),
    reference(words, detail),
  ],

  unknown(words, detail, context) {
    const { payment, abandon } = context;
    const { expired, mayAbandon } = payment;
    const lasting = mayAbandon ? 'unknown.unsettled' : 'unknown.expired';
    const next = expired ? lasting : detail.leaving ? 'unknown.leaving' : !detail.lost && 'unknown.completes';
    return [
      paragraph(words.say('unknown.wait'), !expired && words.say('unknown.safe'), next && words.say(next)),
      reference(words, detail),
      ...choices(words.say('unknown.check'), !detail.leaving && !expired && words.say('unknown.cancel'), payment),
      contact(words, context),
      mayAbandon && button(words.say('unknown.abandon'), abandon),
    ];
  },

  stalled(words, detail, context) {
    const ask = button(words.say('stalled.check'), () => context.payment.askMeanwhile(), { id: 'ask' });
    return [heading(words.say('stalled.title')), paragraph(words.say('stalled.text')), ask, make('p', { class: 'progress' }), contact(words, context)];
  },
};

/** While another tab pays, an earlier outcome may no longer hold. */
export function viewOf({ state, open, otherTab }) {
  if (state === 'paid') return state;
  if (otherTab.state === 'stalled') return 'stalled';
  return open ?? (otherTab.state ? 'idle' : state);
}

/** Answers an outcome's heading. */
export function showOutcome(words, context) {
  const { state, detail, otherTab, expired, mayAbandon } = context.payment;
  const waits = isBusy(state) && state !== 'authenticating';
  const panel = byId('outcome');
  const view = viewOf(context.payment);
  const parts = VIEWS[view]?.(words, detail, context) ?? [];
  const roughly = `${view} ${words.lang}`;
  const exactly = JSON.stringify([detail, expired, mayAbandon, context.stopped]);
  const isShown = panel.dataset.view === roughly && (isBusy(state) || panel.dataset.detail === exactly); // then the pressed button keeps the focus
  if (!isShown) {
    panel.replaceChildren(...parts.filter(Boolean));
    Object.assign(panel.dataset, { view: roughly, detail: exactly });
  }
  panel.querySelectorAll('button').forEach((one) => mark(one, 'disabled', waits || otherTab.told === 'checking'));
  panel.querySelectorAll('.safe').forEach((one) => show(one, !waits && !otherTab.state)); // known until something is sent
  panel.className = `panel ${state === 'declined' ? 'bad' : 'warn'}`;
  show(panel, parts.length);
  if (waits || view === 'idle') return null;
  return panel.querySelector('h2') ?? byId('title');
}

const TITLES = { declined: 'declined.title', action: 'action.title', not_attempted: 'refused.title', unknown: 'unknown.title' };

export function showTitle(words, { payment, merchant, errors }) {
  const { state, open, detail, otherTab } = payment;
  const isOver = otherTab.state && otherTab.told === 'closed'; // the other tab's
  const outcome = state === 'paid' ? receiptTitle(detail.receipt) : isOver ? 'refused.title' : (TITLES[viewOf(payment)] ?? TITLES[open]);
  const shop = merchant.name ?? '';
  const plain = words.say('page.title', { merchant: shop });
  say(byId('title'), open || state === 'paid' ? words.say(outcome) : words.pick(merchant.tagline) || shop || words.say('form.title'));
  document.title = errors ? words.say('page.error', { title: plain }) : outcome ? [words.say(outcome), shop].filter(Boolean).join(' – ') : plain;
}

/** Where a view cannot be drawn. */
export function showBare(words, { payment: { state, open, detail }, merchant }) {
  say(byId('title'), words.say(state === 'paid' ? 'paid.title' : (TITLES[open ?? state] ?? 'refused.other')));
  byId('outcome').replaceChildren(hint([detail.receipt?.payment_intent, contactText(words, merchant)].filter(Boolean).join(' · ')));
  for (const id of ['shop', 'outcome']) show(byId(id), true);
}

export const cardText = (words, { brand, last4 }) => words.say('paid.ending', { brand: brandName(brand) ?? brand, last4 });

export const isRefundedWhole = ({ amount, refunded }) => refunded >= amount;

export const receiptTitle = (receipt) => (isRefundedWhole(receipt) ? 'refunded.title' : 'paid.title');

function rows(words, receipt, merchant) {
  const { payment_intent, amount, currency, created, card, refunded } = receipt;
  const row = (key, ...value) => make('div', {}, make('dt', {}, words.say(key)), make('dd', {}, ...value));
  const sum = (id, minor) => [make('strong', { id }, words.money(minor, currency)), ` ${currency.toUpperCase()}`];
  return [
    row('paid.total', ...sum('paid-total', amount)),
    refunded && row('paid.refunded', ...sum('refunded', refunded)),
    created && row('paid.date', words.time(created * 1000)),
    card && row('paid.card', cardText(words, card)),
    merchant.statement && row('paid.statement', merchant.statement),
    row('reference', make('code', { id: 'reference' }, payment_intent)),
    row('paid.contact', ...contactLinks(merchant)),
  ];
}

export function showReceipt(words, receipt, { cart, merchant, startOver }) {
  const { say, pick } = words;
  const refund = receipt.refunded && say('refunded.text', { refunded: words.money(receipt.refunded, receipt.currency) });
  const items = receipt.items.map(({ sku, quantity }) => make('li', {}, `${pick(cart.item(sku)?.name) || sku} × ${quantity}`));
  const delivery = isRefundedWhole(receipt) ? '' : pick(merchant.delivery);
  const parts = [
    refund && make('p', { class: 'panel warn' }, make('strong', {}, refund)),
    make('p', {}, say('paid.text', { delivery }).trim()),
    !receipt.livemode && make('p', { class: 'chip' }, say('test.title')),
    make('h2', {}, say('paid.receipt')),
    make('ul', { class: 'lines' }, ...items),
    make('dl', {}, ...rows(words, receipt, merchant).filter(Boolean)),
    hint([merchant.promise, merchant.returns].map(pick).join(' ').trim()),
    make('p', { class: 'actions' }, button(say('paid.print'), () => print(), { class: 'main' }), button(say('paid.again'), startOver)),
  ];
  byId('receipt').replaceChildren(...parts.filter(Boolean));
}

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
  const { words, cart, payment, merchant, notice } = page;
  const { state, busy, open } = payment;
  const isPaid = state === 'paid';
  show(byId('shop'), !isPaid);
  show(byId('receipt'), isPaid);
  for (const id of ['choose', 'form', 'test-cards']) show(byId(id), !open);
  show(byId('summary'), !open || payment.detail.cart);
  page.showShop(words, busy);
  showSummary(cart, words);
  notice.show(words, merchant);
  const heading = showOutcome(words, page);
  if (isPaid) showReceipt(words, payment.detail.receipt, page);
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
