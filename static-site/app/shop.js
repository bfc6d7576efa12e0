// The cart, and what is shown of it. Amounts are in the currency's minor unit.
import { byId, make, say, show } from './words.js';

const KEY = 'till.cart';

export class Cart {
  /** The server's total, where the price list shown is old. */
  corrected = null;
  #quantities = new Map();

  constructor(catalog, currency) {
    this.catalog = catalog;
    this.currency = this.currencies[0];
    this.setCurrency(currency);
    this.#quantities.set(catalog.items[0].sku, 1);
  }

  quantity = (sku) => this.#quantities.get(sku) ?? 0;

  set(sku, quantity) {
    const item = this.catalog.items.find((one) => one.sku === sku);
    if (!item || !Number.isInteger(quantity)) return;
    this.#quantities.set(sku, Math.min(Math.max(quantity, 0), item.max_quantity));
    this.corrected = null;
  }

  /** Those that everything has a price in. */
  get currencies() {
    const [first, ...others] = this.catalog.items;
    return Object.keys(first.prices).filter((currency) => others.every(({ prices }) => currency in prices));
  }

  /** Of the catalogue's; any other changes nothing. */
  setCurrency(currency) {
    if (!this.currencies.includes(currency)) return;
    this.currency = currency;
    this.corrected = null;
  }

  get lines() {
    return this.catalog.items.map((item) => ({ item, quantity: this.quantity(item.sku), amount: item.prices[this.currency] * this.quantity(item.sku) })).filter(({ quantity }) => quantity);
  }

  get total() {
    return this.corrected ?? this.lines.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** `{items: [{sku, quantity}], currency, total}` */
  get order() {
    return { items: this.lines.map(({ item, quantity }) => ({ sku: item.sku, quantity })), currency: this.currency, total: this.total };
  }

  /** Takes over a stored order, as far as the catalogue has it, at its stored total, if any. */
  restore(order) {
    const { items, currency, total } = order ?? {};
    if (!Array.isArray(items)) return;
    this.#quantities.clear();
    for (const one of items) this.set(one?.sku, one?.quantity);
    this.setCurrency(currency);
    if (total && currency === this.currency && total !== this.total) this.corrected = total;
  }

  keep(storage) {
    const { items, currency } = this.order;
    try {
      storage.setItem(KEY, JSON.stringify({ items, currency }));
    } catch {
      // it can be chosen again
    }
  }

  recall(storage) {
    try {
      this.restore(JSON.parse(storage.getItem(KEY)));
    } catch {
      // nothing was kept, or it cannot be read
    }
  }
}

/** `onChange()` hears of every choice. Answers what shows the present cart and words. */
export function buildShop(cart, onChange) {
  const rows = cart().catalog.items.map(({ sku, image }) => {
    const step = (by) => ({
      type: 'button',
      onclick() {
        cart().set(sku, cart().quantity(sku) + by);
        onChange();
      },
    });
    const id = `${sku}-name`;
    const [name, text, price, count] = [make('h3', { id }), make('p', { class: 'hint' }), make('p', { class: 'price' }), make('output', {})];
    const [less, more] = [make('button', step(-1), '−'), make('button', step(1), '+')];
    const stepper = make('div', { class: 'stepper', role: 'group', 'aria-labelledby': id }, less, count, more);
    const picture = make('img', { src: image, alt: '', width: 160, height: 160 });
    const row = make('li', {}, picture, make('div', { class: 'about' }, name, text), make('div', { class: 'across' }, price, stepper));
    byId('products').append(row);
    return { sku, row, name, text, price, count, less, more };
  });

  const choices = cart().currencies.map((currency) => {
    const onchange = () => {
      cart().setCurrency(currency);
      onChange();
    };
    const input = make('input', { type: 'radio', name: 'currency', value: currency, onchange });
    byId('currencies').append(make('label', {}, input, currency.toUpperCase()));
    return input;
  });

  return (words, locked) => {
    const { catalog, currency: chosen } = cart();
    byId('currencies').disabled = locked;
    for (const input of choices) input.checked = input.value === chosen;
    for (const { sku, row, ...parts } of rows) {
      const item = catalog.items.find((one) => one.sku === sku);
      show(row, item);
      if (!item) continue;
      const quantity = cart().quantity(sku);
      const name = words.pick(item.name);
      say(parts.name, name);
      say(parts.text, words.pick(item.description));
      say(parts.price, words.money(item.prices[chosen], chosen));
      say(parts.count, String(quantity));
      parts.count.ariaLabel = words.say('choose.quantity', { name, quantity });
      parts.less.ariaLabel = words.say('choose.less', { name });
      parts.more.ariaLabel = words.say('choose.more', { name });
      parts.less.disabled = locked || quantity === 0;
      parts.more.disabled = locked || quantity >= item.max_quantity;
      row.classList.toggle('chosen', quantity > 0);
    }
  };
}

/** The order summary. Where the total was corrected, the prices of the lines are not known. */
export function showSummary({ lines, corrected, total, currency }, words) {
  const shown = lines.map(({ item, quantity, amount }) =>
    make('li', {}, make('span', {}, `${words.pick(item.name)} × ${quantity}`), corrected === null ? make('span', { class: 'amount' }, words.money(amount, currency)) : null),
  );
  byId('lines').replaceChildren(...(shown.length ? shown : [make('li', {}, words.say('summary.empty'))]));
  say(byId('total'), words.money(total, currency));
  say(byId('code'), currency.toUpperCase());
}
