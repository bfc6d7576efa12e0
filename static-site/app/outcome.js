// The outcomes in words: one view each, and never more about money than is known.
import { isBusy } from './attempt.js';
import { declineWords } from './declines.js';
import { byId, make, say, show } from './dom.js';
import { brandName } from './form.js';

/** A card in words: never more than its brand and last four. */
export const cardText = (words, card) => words.say('paid.ending', { brand: brandName(card.brand) ?? card.brand, last4: card.last4 });

/** What the shopper can name to the merchant: Stripe's reference, or else when, how much and which card. Never the checkout id. */
function reference(words, { payment_intent, at, cart, card }) {
  if (payment_intent) return make('code', { id: 'reference' }, payment_intent);
  const parts = [at && words.time(at), cart && `${words.money(cart.total, cart.currency)} ${cart.currency.toUpperCase()}`, card && cardText(words, card)];
  return make('strong', { id: 'reference' }, parts.filter(Boolean).join(' · '));
}

function declined(words, { code, advice, payment_intent }, { again }) {
  return [
    make('h2', { tabindex: '-1' }, words.say('declined.title')),
    make('p', {}, words.say(declineWords({ code, advice })), ' ', make('strong', {}, words.say('declined.safe'))),
    make('p', { class: 'hint' }, words.say('declined.next'), ' ', words.say('paid.reference'), ': ', make('code', {}, payment_intent)),
    make('button', { type: 'button', id: 'again', onclick: again }, words.say('declined.again')),
  ];
}

function refused(words, { code, total }, { cart, stopped, contact }) {
  const key = stopped ? 'refused.total_unsteady' : words.has(`refused.${code}`) ? `refused.${code}` : 'refused.other';
  const reload = stopped || code === 'page_outdated';
  const amount = total === undefined ? '' : words.money(total, cart.currency);
  return [
    make('h2', { tabindex: '-1' }, words.say('refused.title')),
    make('p', {}, words.say(key, { total: amount })),
    reload ? make('button', { type: 'button', onclick: () => location.reload() }, words.say('refused.reload')) : null,
    stopped || key === 'refused.other' ? make('p', { class: 'hint' }, words.say('notice.contact', contact)) : null,
  ];
}

function unknown(words, detail, { payment, contact }) {
  return [
    make('p', {}, words.say('unknown.text'), ' ', words.say(detail.leaving ? 'unknown.leaving' : 'unknown.completes')),
    make('p', {}, words.say('unknown.reference'), ': ', reference(words, detail)),
    make(
      'p',
      { class: 'actions' },
      make('button', { type: 'button', id: 'check', class: 'main', onclick: () => payment.resume() }, words.say('unknown.check')),
      detail.leaving ? null : make('button', { type: 'button', id: 'cancel', onclick: () => payment.leave() }, words.say('unknown.cancel')),
    ),
    make('p', { class: 'progress' }),
    make('p', { class: 'hint' }, words.say('unknown.contact', contact)),
    payment.expired
      ? make('div', { class: 'expired' }, make('p', {}, words.say('unknown.expired')), make('button', { type: 'button', onclick: () => payment.abandon() }, words.say('unknown.abandon')))
      : null,
  ];
}

/** The view for the payment's state; `context` is `{cart, payment, stopped, contact, again}`. Answers the heading to focus, if this is an outcome. */
export function showOutcome(words, context) {
  const { payment } = context;
  const { state, detail } = payment;
  const panel = byId('outcome');
  const settling = payment.settling;
  const parts =
    settling ? unknown(words, detail, context)
    : state === 'declined' ? declined(words, detail, context)
    : state === 'not_attempted' ? refused(words, detail, context)
    : [];
  const kind = settling ? 'unknown' : state;
  if (settling && isBusy(state) && panel.dataset.kind === 'unknown') {
    panel.querySelectorAll('button').forEach((button) => button.setAttribute('aria-disabled', 'true'));
    return null;
  }
  panel.replaceChildren(...parts.filter(Boolean));
  panel.dataset.kind = kind;
  panel.className = `panel ${state === 'declined' ? 'bad' : 'warn'}`;
  show(panel, parts.length > 0);
  if (isBusy(state)) return null;
  if (state === 'declined' || state === 'not_attempted') return panel.querySelector('h2');
  return state === 'paid' || settling ? byId('title') : null;
}

/** The page's heading and the document's title. */
export function showTitle(words, { payment, merchant, errors }) {
  const heading =
    payment.state === 'paid' ? words.say('paid.title')
    : payment.settling ? words.say('unknown.title')
    : words.pick(merchant.tagline);
  say(byId('title'), heading);
  const outcome = { declined: 'declined.title', not_attempted: 'refused.title' }[payment.state];
  const plain = words.say('page.title', { merchant: merchant.name });
  const title = payment.state === 'paid' || payment.settling ? `${heading} – ${merchant.name}` : outcome ? `${words.say(outcome)} – ${merchant.name}` : plain;
  document.title = errors ? words.say('page.error', { title: plain }) : title;
}
