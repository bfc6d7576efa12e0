import { byId, make } from './dom.js';
import { cardText } from './outcome.js';

/** The receipt of a paid checkout: printable, and of nothing but what Stripe said. */
export function showReceipt(words, receipt, { cart, merchant, contact, renew }) {
  const row = (key, ...value) => make('div', {}, make('dt', {}, words.say(key)), make('dd', {}, ...value));
  const name = (sku) => {
    const item = cart.catalog.items.find((one) => one.sku === sku);
    return item ? words.pick(item.name) : sku;
  };
  byId('receipt').replaceChildren(
    make('p', {}, words.say('paid.text', { delivery: words.pick(merchant.delivery) })),
    ...(receipt.livemode ? [] : [make('p', { class: 'chip' }, words.say('paid.test'))]),
    make('h2', {}, words.say('paid.receipt')),
    make('ul', { class: 'lines' }, ...receipt.items.map(({ sku, quantity }) => make('li', {}, `${name(sku)} × ${quantity}`))),
    make(
      'dl',
      {},
      row('paid.total', make('strong', { id: 'paid-total' }, words.money(receipt.amount, receipt.currency)), ` ${receipt.currency.toUpperCase()}`),
      row('paid.date', words.time(receipt.created * 1000)),
      ...(receipt.card ? [row('paid.card', cardText(words, receipt.card))] : []),
      row('paid.statement', merchant.statement),
      row('paid.reference', make('code', { id: 'reference' }, receipt.payment_intent)),
      row('paid.contact', `${merchant.name}, `, make('a', { href: `mailto:${merchant.email}` }, merchant.email), `, ${contact.phone}`),
    ),
    make('p', { class: 'hint' }, words.say('summary.promise'), ' ', words.pick(merchant.returns)),
    make(
      'p',
      { class: 'actions' },
      make('button', { type: 'button', class: 'main', onclick: () => print() }, words.say('paid.print')),
      make('button', { type: 'button', onclick: renew }, words.say('paid.again')),
    ),
  );
}
