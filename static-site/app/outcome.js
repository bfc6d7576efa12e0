// A view for each outcome, and never more about money than is known.
import { brandName, declineWords, isUncharged } from './card-errors.js';
import { isBusy } from './payment-state.js';
import { byId, contactLinks, contactText, make, mark, say, show } from './words.js';

export const button = (text, onclick, more) => make('button', { type: 'button', onclick, ...more }, text);

export const hint = (...text) => make('p', { class: 'hint' }, ...text);
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

export const viewOf = ({ state, open, otherTab }) => (otherTab.state === 'stalled' && state !== 'paid' ? 'stalled' : (open ?? state));

/** `context`: `{payment, stopped, merchant, again, abandon}`. Answers an outcome's heading. */
export function showOutcome(words, context) {
  const { state, detail, otherTab, expired, mayAbandon } = context.payment;
  const waits = isBusy(state) && state !== 'authenticating';
  const panel = byId('outcome');
  const view = viewOf(context.payment);
  const parts = VIEWS[view]?.(words, detail, context) ?? [];
  const roughly = `${view} ${words.lang}`;
  const exactly = JSON.stringify([detail, expired, mayAbandon, context.stopped]);
  const isShown = panel.dataset.view === roughly && (isBusy(state) || panel.dataset.detail === exactly); // then the pressed button keeps the focus
  if (!isShown) panel.replaceChildren(...parts.filter(Boolean));
  Object.assign(panel.dataset, { view: roughly, ...(!isShown && { detail: exactly }) });
  panel.querySelectorAll('button').forEach((one) => mark(one, 'disabled', waits || otherTab.told === 'checking'));
  panel.querySelectorAll('.safe').forEach((one) => show(one, !waits)); // known until something is sent
  panel.className = `panel ${state === 'declined' ? 'bad' : 'warn'}`;
  show(panel, parts.length);
  if (waits || (state === 'idle' && view === 'idle')) return null;
  return panel.querySelector('h2') ?? byId('title');
}

const TITLES = { declined: 'declined.title', action: 'action.title', not_attempted: 'refused.title', unknown: 'unknown.title' };

export function showTitle(words, { payment: { state, open, detail }, merchant, errors }) {
  const outcome = state === 'paid' ? receiptTitle(detail.receipt) : TITLES[open ?? state];
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

const item = (words, catalog) => ({ sku, quantity }) => {
  const found = catalog.items.find((one) => one.sku === sku);
  return make('li', {}, `${found ? words.pick(found.name) : sku} × ${quantity}`);
};

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

export function showReceipt(words, receipt, { catalog, merchant, startOver }) {
  const { say, pick } = words;
  const refund = receipt.refunded && say('refunded.text', { refunded: words.money(receipt.refunded, receipt.currency) });
  const delivery = isRefundedWhole(receipt) ? '' : pick(merchant.delivery);
  const parts = [
    refund && make('p', { class: 'panel warn' }, make('strong', {}, refund)),
    make('p', {}, say('paid.text', { delivery }).trim()),
    !receipt.livemode && make('p', { class: 'chip' }, say('test.title')),
    make('h2', {}, say('paid.receipt')),
    make('ul', { class: 'lines' }, ...receipt.items.map(item(words, catalog))),
    make('dl', {}, ...rows(words, receipt, merchant).filter(Boolean)),
    make('p', { class: 'hint' }, [merchant.promise, merchant.returns].map(pick).join(' ').trim()),
    make('p', { class: 'actions' }, button(say('paid.print'), () => print(), { class: 'main' }), button(say('paid.again'), startOver)),
  ];
  byId('receipt').replaceChildren(...parts.filter(Boolean));
}
