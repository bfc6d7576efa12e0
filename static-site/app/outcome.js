// A view for each outcome, and never more about money than is known.
import { isBusy } from './attempt.js';
import { brandName } from './form.js';
import { byId, make, mark, say, show } from './words.js';

const cardText = (words, { brand, last4 }) => words.say('paid.ending', { brand: brandName(brand) ?? brand, last4 });

export const button = (text, onclick, more) => make('button', { type: 'button', onclick, ...more }, text);

export const hint = (...text) => make('p', { class: 'hint' }, ...text);
const heading = (text) => make('h2', { tabindex: -1 }, text);

// A decline's words: by code where the shopper can act on it, else by advice.
const DECLINES = {
  number: ['incorrect_number', 'invalid_number'],
  cvc: ['incorrect_cvc', 'invalid_cvc'],
  expiry: ['invalid_expiry_month', 'invalid_expiry_year'],
  postal: ['incorrect_zip'],
  expired: ['expired_card'],
  funds: ['insufficient_funds'],
  limit: ['withdrawal_count_limit_exceeded', 'card_velocity_exceeded'],
  currency: ['currency_not_supported'],
  authentication: ['authentication_required', 'authentication_not_handled', 'requires_action_not_handled', 'payment_intent_action_required'],
  duplicate: ['duplicate_transaction'],
  unconfirmed: ['payment_intent_authentication_failure', 'payment_intent_payment_attempt_expired'],
};

export const declineWords = ({ code, advice }) => `decline.${Object.keys(DECLINES).find((words) => DECLINES[words].includes(code)) ?? advice}`;

/** What to name to the merchant: Stripe's reference, or when, how much, which card. */
function reference(words, { payment_intent, at, cart, card }) {
  const id = 'reference';
  if (payment_intent) return make('code', { id }, payment_intent);
  const amount = `${words.money(cart.total, cart.currency)} ${cart.currency.toUpperCase()}`;
  return make('strong', { id }, [words.time(at), amount, card && cardText(words, card)].filter(Boolean).join(' · '));
}

const choices = (go, cancel, payment) => [
  make('p', { class: 'actions' }, button(go, () => payment.resume(), { id: 'check', class: 'main' }), cancel ? button(cancel, () => payment.leave(), { id: 'cancel' }) : null),
  make('p', { class: 'progress' }),
];

const VIEWS = {
  declined: ({ say }, detail, { again }) => [
    heading(say('declined.title')),
    make('p', {}, say(declineWords(detail)), ' ', make('strong', {}, say('declined.safe'))),
    hint(say('declined.next'), ' ', say('reference'), ' ', make('code', {}, detail.payment_intent)),
    button(say('declined.again'), again, { id: 'again' }),
  ],

  not_attempted(words, { code, total, cart }, { stopped, contact }) {
    const told = `refused.${stopped ? 'total_unsteady' : code === 'checkout_expired' ? 'checkout_closed' : code}`;
    const key = words.has(told) ? told : 'refused.other';
    return [
      heading(words.say('refused.title')),
      make('p', {}, words.say(key, { total: total && words.money(total, cart.currency) })),
      stopped || code === 'page_outdated' ? button(words.say('refused.reload'), () => location.reload()) : null,
      stopped || key === 'refused.other' ? hint(words.say('contact', contact)) : null,
    ];
  },

  action: ({ say }, { found, payment_intent }, { payment }) => [
    make('p', {}, say('action.text'), ' ', found ? null : make('strong', { class: 'safe' }, say('declined.safe'))),
    ...choices(say('action.go'), say('unknown.cancel'), payment),
    hint(say('reference'), ' ', make('code', { id: 'reference' }, payment_intent)),
  ],

  unknown: (words, detail, { payment, contact, abandon }) => [
    make('p', {}, words.say('unknown.text'), ' ', words.say(detail.leaving ? 'unknown.leaving' : 'unknown.completes')),
    make('p', {}, words.say('reference'), ' ', reference(words, detail)),
    ...choices(words.say('unknown.check'), !detail.leaving && words.say('unknown.cancel'), payment),
    hint(words.say('contact', contact)),
    ...(payment.expired ? [make('p', {}, words.say('unknown.expired')), button(words.say('unknown.abandon'), abandon)] : []),
  ],
};

/** `context`: `{payment, stopped, contact, again, abandon}`. Answers an outcome's heading. */
export function showOutcome(words, context) {
  const { state, detail, open } = context.payment;
  const waits = isBusy(state) && state !== 'authenticating';
  const panel = byId('outcome');
  const view = open ?? state;
  const parts = VIEWS[view]?.(words, detail, context) ?? [];
  const shown = `${view} ${words.lang}`;
  if (!isBusy(state) || panel.dataset.shown !== shown) panel.replaceChildren(...parts.filter(Boolean)); // else the pressed button loses the focus
  panel.dataset.shown = shown;
  panel.querySelectorAll('button').forEach((one) => mark(one, 'disabled', waits));
  panel.querySelectorAll('.safe').forEach((one) => show(one, !waits)); // known until something is sent
  panel.className = `panel ${state === 'declined' ? 'bad' : 'warn'}`;
  show(panel, parts.length);
  if (waits || state === 'idle') return null;
  return panel.querySelector('h2') ?? byId('title');
}

const TITLES = { paid: 'paid.title', declined: 'declined.title', action: 'action.title', not_attempted: 'refused.title', unknown: 'unknown.title' };

export function showTitle(words, { payment: { state, open }, merchant, errors }) {
  const outcome = TITLES[open ?? state];
  const plain = words.say('page.title', { merchant: merchant.name });
  say(byId('title'), open || state === 'paid' ? words.say(outcome) : words.pick(merchant.tagline));
  document.title = errors ? words.say('page.error', { title: plain }) : outcome ? `${words.say(outcome)} – ${merchant.name}` : plain;
}

/** The receipt: printable, and of nothing but what Stripe said. */
export function showReceipt(words, { payment_intent, amount, currency, created, livemode, items, card }, { cart, merchant, renew }) {
  const { say } = words;
  const row = (key, ...value) => make('div', {}, make('dt', {}, say(key)), make('dd', {}, ...value));
  const line = ({ sku, quantity }) => {
    const item = cart.catalog.items.find((one) => one.sku === sku);
    return make('li', {}, `${item ? words.pick(item.name) : sku} × ${quantity}`);
  };
  const parts = [
    make('p', {}, say('paid.text', { delivery: words.pick(merchant.delivery) })),
    livemode ? null : make('p', { class: 'chip' }, say('test.title')),
    make('h2', {}, say('paid.receipt')),
    make('ul', { class: 'lines' }, ...items.map(line)),
    make(
      'dl',
      {},
      row('paid.total', make('strong', { id: 'paid-total' }, words.money(amount, currency)), ` ${currency.toUpperCase()}`),
      row('paid.date', words.time(created * 1000)),
      card ? row('paid.card', cardText(words, card)) : null,
      row('paid.statement', merchant.statement),
      row('reference', make('code', { id: 'reference' }, payment_intent)),
      row('paid.contact', `${merchant.name}, `, make('a', { href: `mailto:${merchant.email}` }, merchant.email), ', ', make('span', { class: 'phone' }, merchant.phone)),
    ),
    make('p', { class: 'hint' }, words.pick(merchant.promise), ' ', words.pick(merchant.returns)),
    make('p', { class: 'actions' }, button(say('paid.print'), () => print(), { class: 'main' }), button(say('paid.again'), renew)),
  ];
  byId('receipt').replaceChildren(...parts.filter(Boolean));
}
