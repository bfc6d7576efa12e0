// The checkout: one id K for one cart, in one slot of the origin, until it is paid or closed.

const SLOT = 'till.checkout';
const RECEIPT = 'till.receipt';
const HOUR = 3_600_000;

/** The function takes no older checkout (ms). */
export const LIFETIME = 23 * HOUR;

/** A UUIDv7 (RFC 9562) of the server's `now` (Unix ms). */
export function mintId(now, random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = [...random];
  bytes[0] = 0x70 | (bytes[0] & 0x0f);
  bytes[2] = 0x80 | (bytes[2] & 0x3f);
  const hex = now.toString(16).padStart(12, '0') + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const mintedAt = (id) => parseInt(id.replace('-', '').slice(0, 12), 16);

const sameCart = (a, b) => a.currency === b.currency && a.items.length === b.items.length && a.items.every((one) => b.items.some(({ sku, quantity }) => sku === one.sku && quantity === one.quantity));

/**
 * Holds `{id, publishable_key, livemode, sent, cart, cards, payment_intent?, declined?, attempt?}`. `sent` is stored before the first
 * request leaves, so that whoever comes next re-sends. `attempt` is the unsettled request `{path, body, at, action?}`, with the only
 * e-mail kept; `action`: its last answer was `requires_action`. The client_secret is not kept: the same request brings it again.
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

  /** What cannot be read back was not stored, and must not be sent. */
  #write(name, value) {
    const text = JSON.stringify(value);
    try {
      this.#storage.setItem(name, text);
    } catch {
      // full, or forbidden
    }
    if (this.#storage.getItem(name) !== text) throw Object.assign(new Error(`${name} was not stored`), { code: 'no_storage' });
    this.#seen = this.#snapshot();
  }

  #erase(name) {
    this.#storage.removeItem(name);
    this.#seen = this.#snapshot();
  }

  #settle(change) {
    const { attempt, ...rest } = this.peek();
    this.#write(SLOT, { ...rest, ...change });
  }

  #snapshot = () => [SLOT, RECEIPT].map((name) => this.#storage.getItem(name)).join();

  peek = () => this.#read(SLOT);

  /** The checkout; from here on the page knows it. */
  look() {
    this.#seen = this.#snapshot();
    return this.peek();
  }

  changedElsewhere = () => this.#seen !== this.#snapshot();

  /** Whether something was sent for another cart. */
  mustLeave(cart) {
    const slot = this.peek();
    return Boolean(slot?.sent) && (!sameCart(slot.cart, cart) || Boolean(slot.payment_intent && slot.cart.total !== cart.total));
  }

  /** The open checkout, or a new one; stored either way. */
  open(cart, { now, publishable_key, livemode }) {
    const slot = this.peek();
    const usable = slot && (slot.sent || now - mintedAt(slot.id) < LIFETIME);
    const checkout = usable ? { ...slot, cart } : { id: mintId(now), publishable_key, livemode, sent: false, cart, cards: [] };
    this.#write(SLOT, checkout);
    return checkout;
  }

  /** Stores what is about to be sent. Answers the checkout as it was before. */
  sending(attempt, card) {
    const slot = this.peek();
    const { declined, ...rest } = slot;
    this.#write(SLOT, { ...rest, sent: true, cards: card ? [...slot.cards, card] : slot.cards, attempt });
    return slot;
  }

  acting(payment_intent) {
    const slot = this.peek();
    this.#write(SLOT, { ...slot, payment_intent, attempt: { ...slot.attempt, action: true } });
  }

  declined(payment_intent, declined) {
    this.#settle({ payment_intent, declined });
  }

  /** The checkout can still be used. */
  refused() {
    this.#settle();
  }

  clear() {
    this.#erase(SLOT);
  }

  paid(receipt) {
    this.#write(RECEIPT, receipt);
    this.clear();
  }

  receipt(now = Date.now()) {
    const receipt = this.#read(RECEIPT);
    return receipt && now - receipt.kept < 24 * HOUR ? receipt : null;
  }

  dismiss() {
    this.#erase(RECEIPT);
  }
}
