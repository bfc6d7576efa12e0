// What can be chosen, and the order as it stands: always in sight, always the same total as the button.
import { byId, make, say, show } from './dom.js';

/** Builds the price list once; `onChange()` hears of every choice. Answers a function that shows the present cart and words. */
export function buildShop(cart, currencies, onChange) {
  const rows = cart().catalog.items.map((item) => {
    const parts = { item, image: make('img', { src: item.image, alt: '', width: 160, height: 160 }) };
    const step = (by) => () => {
      cart().set(item.sku, cart().quantity(item.sku) + by);
      onChange();
    };
    Object.assign(parts, {
      name: make('h3', { id: `${item.sku}-name` }),
      text: make('p', { class: 'hint' }),
      price: make('p', { class: 'price' }),
      less: make('button', { type: 'button', onclick: step(-1) }, '−'),
      count: make('output', { class: 'count' }),
      more: make('button', { type: 'button', onclick: step(1) }, '+'),
    });
    const stepper = make('div', { class: 'stepper', role: 'group', 'aria-labelledby': `${item.sku}-name` }, parts.less, parts.count, parts.more);
    parts.row = make('li', {}, parts.image, make('div', { class: 'about' }, parts.name, parts.text), make('div', { class: 'across' }, parts.price, stepper));
    return parts;
  });
  byId('products').replaceChildren(...rows.map(({ row }) => row));

  const choices = currencies.map((currency) => {
    const choose = () => {
      cart().setCurrency(currency);
      onChange();
    };
    const input = make('input', { type: 'radio', name: 'currency', value: currency, onchange: choose });
    const name = make('span', { class: 'unseen' });
    byId('currencies').append(make('label', {}, input, make('span', { 'aria-hidden': 'true' }, currency.toUpperCase()), name));
    return { currency, input, name };
  });

  return (words, locked) => {
    byId('currencies').disabled = locked;
    for (const { currency, input, name } of choices) {
      input.checked = cart().currency === currency;
      say(name, words.say(`currency.${currency}`));
    }
    for (const { item, row, name, text, price, less, count, more } of rows) {
      const current = cart().catalog.items.find(({ sku }) => sku === item.sku);
      show(row, Boolean(current));
      if (!current) continue;
      const quantity = cart().quantity(item.sku);
      const called = words.pick(current.name);
      say(name, called);
      say(text, words.pick(current.description));
      say(price, words.money(current.prices[cart().currency], cart().currency));
      say(count, String(quantity));
      count.setAttribute('aria-label', words.say('choose.quantity', { name: called, quantity }));
      less.setAttribute('aria-label', words.say('choose.less', { name: called }));
      more.setAttribute('aria-label', words.say('choose.more', { name: called }));
      less.disabled = locked || quantity === 0;
      more.disabled = locked || quantity >= current.max_quantity;
      row.classList.toggle('chosen', quantity > 0);
    }
  };
}

/** The order summary. */
export function showSummary(cart, words) {
  const lines = cart.lines.map(({ item, quantity, amount }) =>
    make(
      'li',
      {},
      make('span', {}, `${words.pick(item.name)} × ${quantity}`),
      cart.corrected === null ? make('span', { class: 'amount' }, words.money(amount, cart.currency)) : null,
    ),
  );
  byId('lines').replaceChildren(...(lines.length ? lines : [make('li', {}, words.say('summary.empty'))]));
  say(byId('total'), words.money(cart.total, cart.currency));
  say(byId('code'), cart.currency.toUpperCase());
}
