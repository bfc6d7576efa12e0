// The receipt: printable, and of nothing but what Stripe said.
import { brandName } from './card-errors.js';
import { contactLinks } from './merchant.js';
import { byId, make } from './words.js';

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
    refunded ? row('paid.refunded', ...sum('refunded', refunded)) : null,
    created ? row('paid.date', words.time(created * 1000)) : null,
    card ? row('paid.card', cardText(words, card)) : null,
    merchant.statement ? row('paid.statement', merchant.statement) : null,
    row('reference', make('code', { id: 'reference' }, payment_intent)),
    row('paid.contact', ...contactLinks(merchant)),
  ];
}

export function showReceipt(words, receipt, { catalog, merchant, startOver }) {
  const { say, pick } = words;
  const refund = receipt.refunded && say('refunded.text', { refunded: words.money(receipt.refunded, receipt.currency) });
  const delivery = isRefundedWhole(receipt) ? '' : pick(merchant.delivery);
  const button = (text, onclick, more) => make('button', { type: 'button', onclick, ...more }, text);
  const parts = [
    refund ? make('p', { class: 'panel warn' }, make('strong', {}, refund)) : null,
    make('p', {}, say('paid.text', { delivery }).trim()),
    receipt.livemode ? null : make('p', { class: 'chip' }, say('test.title')),
    make('h2', {}, say('paid.receipt')),
    make('ul', { class: 'lines' }, ...receipt.items.map(item(words, catalog))),
    make('dl', {}, ...rows(words, receipt, merchant)),
    make('p', { class: 'hint' }, [merchant.promise, merchant.returns].map(pick).join(' ').trim()),
    make('p', { class: 'actions' }, button(say('paid.print'), () => print(), { class: 'main' }), button(say('paid.again'), startOver)),
  ];
  byId('receipt').replaceChildren(...parts.filter(Boolean));
}
