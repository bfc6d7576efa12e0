// The checkout: one id K for one cart, kept in one slot of the origin until it is paid or closed.

const SLOT = 'till.checkout';
const RECEIPT = 'till.receipt';
const HOUR = 3_600_000;

/** The function takes no checkout older than this, so nothing can be under way for one. */
export const LIFETIME = 23 * HOUR;

/** A UUIDv7 (RFC 9562), lower case, of `now` in Unix milliseconds by the server's clock. */
export function mintId(now, random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = [...Array(6).keys()].map((n) => Math.floor(now / 256 ** (5 - n)) % 256).concat([...random]);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The Unix milliseconds a checkout id was minted at. */
export const mintedAt = (id) => parseInt(id.replaceAll('-', '').slice(0, 12), 16);

const sameCart = (a, b) =>
  a.currency === b.currency &&
  a.items.length === b.items.length &&
  a.items.every((item) => b.items.some(({ sku, quantity }) => sku === item.sku && quantity === item.quantity));

/**
 * The slot's content: `{id, publishable_key, livemode, sent, cart, cards, payment_intent?, declined?, attempt?}`.
 *
 * - `sent`: a request for it may have left. Stored before the first one does, so that whoever comes next re-sends.
 * - `attempt`: the outstanding request `{path, body, at}`, byte for byte; only here does the e-mail stand, and it goes with it.
 * - `cards`: brand and last four of each card tried, by PaymentMethod; never a number.
 */
export class Slot {
  #storage;
  #seen = null;

  constructor(storage) {
    this.#storage = storage;
  }

  #read(name) {
    try {
      return JSON.parse(this.#storage.getItem(name));
    } catch {
      return null;
    }
  }

  /** Writes and reads back: what cannot be stored must not be sent. */
  #write(name, value) {
    const text = JSON.stringify(value);
    try {
      this.#storage.setItem(name, text);
    } catch {
      // full, or forbidden: the read-back tells
    }
    if (this.#storage.getItem(name) !== text) throw Object.assign(new Error(`${name} was not stored`), { code: 'no_storage' });
    this.#seen = this.#snapshot();
  }

  #erase(name) {
    this.#storage.removeItem(name);
    this.#seen = this.#snapshot();
  }

  #snapshot() {
    return `${this.#storage.getItem(SLOT)}\n${this.#storage.getItem(RECEIPT)}`;
  }

  /** The checkout in the slot, or null; from here on this page knows about it. */
  look() {
    this.#seen = this.#snapshot();
    return this.#read(SLOT);
  }

  /** The same, without taking note of it. */
  peek() {
    return this.#read(SLOT);
  }

  /** Whether another tab has written since this page last looked or wrote. */
  changedElsewhere() {
    return this.#seen !== this.#snapshot();
  }

  /** Whether K must be closed before this cart can be paid: something was sent for another one. */
  mustLeave(cart) {
    const slot = this.#read(SLOT);
    if (!slot?.sent) return false;
    return !sameCart(slot.cart, cart) || Boolean(slot.payment_intent && slot.cart.total !== cart.total);
  }

  /** The checkout for `cart`: the one that is open, or a new one minted at the server's `now`, stored either way. */
  open(cart, { now, publishable_key, livemode }) {
    const slot = this.#read(SLOT);
    const usable = slot && (slot.sent || now - mintedAt(slot.id) < LIFETIME);
    const checkout = usable ? { ...slot, cart } : { id: mintId(now), publishable_key, livemode, sent: false, cart, cards: [] };
    this.#write(SLOT, checkout);
    return checkout;
  }

  /** Stores the request that is about to be sent, and that one is being sent. Answers the checkout as it was before. */
  sending(attempt, card) {
    const slot = this.#read(SLOT);
    const cards = card ? [...slot.cards.filter(({ id }) => id !== card.id), card] : slot.cards;
    const { declined: _, ...rest } = slot;
    this.#write(SLOT, { ...rest, sent: true, cards, attempt });
    return slot;
  }

  /** The card was refused: the attempt is settled, the checkout lives on with its PaymentIntent. */
  declined(payment_intent, declined) {
    const { attempt: _, ...rest } = this.#read(SLOT);
    this.#write(SLOT, { ...rest, payment_intent, declined });
  }

  /** Refused before Stripe executed anything, on its first send: the checkout can still be used. */
  refused() {
    const { attempt: _, ...rest } = this.#read(SLOT);
    this.#write(SLOT, rest);
  }

  /** Closed, or dropped on purpose: nothing of it is kept. */
  clear() {
    this.#erase(SLOT);
  }

  /** Paid: the receipt first, then the checkout goes. */
  paid(receipt) {
    this.#write(RECEIPT, receipt);
    this.clear();
  }

  /** The last receipt, for a day; `now` in Unix milliseconds. */
  receipt(now = Date.now()) {
    const receipt = this.#read(RECEIPT);
    return receipt && now - receipt.kept < 24 * HOUR ? receipt : null;
  }

  /** The shopper is done with the receipt. */
  dismiss() {
    this.#erase(RECEIPT);
  }
}
