// The cart: what is chosen from the price list, and its total in the currency's minor unit.

const KEY = 'till.cart';

export class Cart {
  catalog = { items: [] };
  currency;
  /** What the server says this cart costs, where it has told the page that the price list shown was old. */
  corrected = null;
  #quantities = new Map();

  constructor(catalog, currency) {
    this.catalog = catalog;
    this.currency = currency;
    const [first] = catalog.items;
    if (first) this.#quantities.set(first.sku, 1);
  }

  quantity(sku) {
    return this.#quantities.get(sku) ?? 0;
  }

  /** Sets a quantity within what the price list allows. */
  set(sku, quantity) {
    const item = this.catalog.items.find((one) => one.sku === sku);
    if (!item) return;
    this.#quantities.set(sku, Math.min(Math.max(quantity, 0), item.max_quantity));
    this.corrected = null;
  }

  setCurrency(currency) {
    this.currency = currency;
    this.corrected = null;
  }

  /** `[{item, quantity, amount}]` of what is chosen, in the list's order. */
  get lines() {
    return this.catalog.items
      .map((item) => ({ item, quantity: this.quantity(item.sku), amount: item.prices[this.currency] * this.quantity(item.sku) }))
      .filter(({ quantity }) => quantity > 0);
  }

  get count() {
    return this.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  get total() {
    return this.corrected ?? this.lines.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** As a checkout keeps it and the function is asked. */
  get order() {
    return { items: this.lines.map(({ item, quantity }) => ({ sku: item.sku, quantity })), currency: this.currency, total: this.total };
  }

  /** Takes over an order that was stored, at the total it was stored with. */
  restore({ items, currency, total }) {
    this.#quantities = new Map(items.map(({ sku, quantity }) => [sku, quantity]));
    this.currency = currency;
    this.corrected = null;
    if (Number.isInteger(total) && total !== this.total) this.corrected = total;
  }

  keep(storage) {
    try {
      const { items, currency } = this.order;
      storage.setItem(KEY, JSON.stringify({ items, currency }));
    } catch {
      // a cart is easily chosen again
    }
  }

  recall(storage) {
    try {
      const kept = JSON.parse(storage.getItem(KEY));
      if (kept && kept.items.every(({ sku }) => this.catalog.items.some((item) => item.sku === sku))) this.restore(kept);
    } catch {
      // the same
    }
  }
}
