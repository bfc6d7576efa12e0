// The cart: what is chosen from the price list, and its total in the currency's minor unit.

const KEY = 'till.cart';

export class Cart {
  /** The server's total, where the price list shown is old. */
  corrected = null;
  #quantities = new Map();

  constructor(catalog, currency) {
    this.catalog = catalog;
    this.currency = currency;
    this.#quantities.set(catalog.items[0].sku, 1);
  }

  quantity = (sku) => this.#quantities.get(sku) ?? 0;

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

  get lines() {
    return this.catalog.items.map((item) => ({ item, quantity: this.quantity(item.sku), amount: item.prices[this.currency] * this.quantity(item.sku) })).filter(({ quantity }) => quantity);
  }

  get count() {
    return this.lines.length;
  }

  get total() {
    return this.corrected ?? this.lines.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** As a checkout keeps it: `{items: [{sku, quantity}], currency, total}`. */
  get order() {
    return { items: this.lines.map(({ item, quantity }) => ({ sku: item.sku, quantity })), currency: this.currency, total: this.total };
  }

  /** Takes over a stored order, at its stored total, if any. */
  restore({ items, currency, total }) {
    this.#quantities = new Map(items.map(({ sku, quantity }) => [sku, quantity]));
    this.setCurrency(currency);
    if (Number.isInteger(total) && total !== this.total) this.corrected = total;
  }

  keep(storage) {
    const { items, currency } = this.order;
    try {
      storage.setItem(KEY, JSON.stringify({ items, currency }));
    } catch {
      // it is easily chosen again
    }
  }

  recall(storage) {
    const kept = JSON.parse(storage.getItem(KEY));
    if (kept?.items.every(({ sku }) => this.catalog.items.some((item) => item.sku === sku))) this.restore(kept);
  }
}
