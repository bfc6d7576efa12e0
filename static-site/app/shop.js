// The cart, and what is shown of it. Amounts are in the currency's minor unit.
import { isItems, isOrder } from './stored.js';
import { byId, make, say, show } from './words.js';

const KEY = 'till.cart';

/** `{items: [{sku, quantity}], currency, total}` */
const orderOf = (lines, currency) => ({
  items: lines.map(({ item, quantity }) => ({ sku: item.sku, quantity })),
  currency,
  total: lines.reduce((sum, { item, quantity }) => sum + item.prices[currency] * quantity, 0),
});

export class Cart {
  /** The server's total, where the price list shown is old. */
  corrected = null;
  #quantities = new Map();

  constructor(catalog, currency) {
    this.catalog = catalog;
    this.currency = this.currencies[0];
    this.setCurrency(currency);
    this.set(catalog.items[0].sku, 1);
  }

  item = (sku) => this.catalog.items.find((one) => one.sku === sku);

  quantity = (sku) => this.#quantities.get(sku) ?? 0;

  set(sku, quantity) {
    const item = this.item(sku);
    if (!item) return;
    let most = Math.max(quantity, 0);
    while (most > 0 && !this.fits(item, most)) most--;
    this.#quantities.set(sku, most);
    this.corrected = null;
  }

  /** Whether the function takes so many of it beside the rest; in each currency, so that any can be chosen. */
  fits(item, quantity) {
    const lines = [...this.lines.filter((line) => line.item !== item), { item, quantity }];
    return quantity <= item.max_quantity && this.currencies.every((currency) => isOrder(orderOf(lines, currency)));
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
    return this.catalog.items.map((item) => ({ item, quantity: this.quantity(item.sku) })).filter(({ quantity }) => quantity);
  }

  get total() {
    return this.order.total;
  }

  get order() {
    const order = orderOf(this.lines, this.currency);
    return { ...order, total: this.corrected ?? order.total };
  }

  /** Takes over an order, as far as the catalogue has it, at its total, if any. */
  restore({ items, currency, total } = {}) {
    if (!items) return;
    this.#quantities.clear();
    for (const { sku, quantity } of items) this.set(sku, quantity);
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

  /** Never at a stored total. */
  recall(storage) {
    try {
      const { items, currency } = JSON.parse(storage.getItem(KEY));
      if (isItems(items)) this.restore({ items, currency });
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
    const [title, text, price, count] = [make('h3', { id }), make('p', { class: 'hint' }), make('p', { class: 'price' }), make('output', {})];
    const [less, more] = [make('button', step(-1), '−'), make('button', step(1), '+')];
    const stepper = make('div', { class: 'stepper', role: 'group', 'aria-labelledby': id }, less, count, more);
    const picture = make('img', { src: image, alt: '', width: 160, height: 160 });
    const row = make('li', {}, picture, make('div', { class: 'about' }, title, text), make('div', { class: 'across' }, price, stepper));
    byId('products').append(row);
    return (words, locked) => {
      const { currency } = cart();
      const item = cart().item(sku);
      show(row, item);
      if (!item) return;
      const quantity = cart().quantity(sku);
      const name = words.pick(item.name);
      say(title, name);
      say(text, words.pick(item.description));
      say(price, words.money(item.prices[currency], currency));
      say(count, String(quantity));
      count.ariaLabel = words.say('choose.quantity', { name, quantity });
      less.ariaLabel = words.say('choose.less', { name });
      more.ariaLabel = words.say('choose.more', { name });
      less.disabled = locked || quantity === 0;
      more.disabled = locked || !cart().fits(item, quantity + 1);
      row.classList.toggle('chosen', quantity > 0);
    };
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
    byId('currencies').disabled = locked;
    for (const input of choices) input.checked = input.value === cart().currency;
    for (const draw of rows) draw(words, locked);
  };
}

/** The order summary. Where the total was corrected, the prices of the lines are not known. */
export function showSummary({ lines, corrected, total, currency }, words) {
  const shown = lines.map(({ item, quantity }) =>
    make('li', {}, make('span', {}, `${words.pick(item.name)} × ${quantity}`), corrected === null ? make('span', { class: 'amount' }, words.money(item.prices[currency] * quantity, currency)) : null),
  );
  byId('lines').replaceChildren(...(shown.length ? shown : [make('li', {}, words.say('summary.empty'))]));
  say(byId('total'), words.money(total, currency));
  say(byId('code'), currency.toUpperCase());
}
