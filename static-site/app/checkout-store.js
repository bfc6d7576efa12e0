// What this browser keeps: the origin's one open checkout, the last receipt, and which checkouts were closed.
import { VERSION, parseCheckout, parseClosed, parseReceipt } from './stored.js';

const CHECKOUT = 'till.checkout';
const RECEIPT = 'till.receipt';
const CLOSED = 'till.closed';
const CLOSED_KEPT = 20;

export class CheckoutStore {
  #storage;
  #now;
  #seen = null; // what was stored when this page last looked or wrote

  /** `storage` is like localStorage, and may fail in every way; `now` is the shopper's clock. */
  constructor(storage, now) {
    this.#storage = storage;
    this.#now = now;
  }

  #get(name) {
    try {
      return this.#storage.getItem(name);
    } catch {
      return null;
    }
  }

  /** Answers whether it can be read back. */
  #put(name, text) {
    try {
      this.#storage.setItem(name, text);
    } catch {
      // full, or forbidden
    }
    this.#seen = this.#snapshot();
    return this.#get(name) === text;
  }

  #remove(name) {
    try {
      this.#storage.removeItem(name);
    } catch {
      // forbidden
    }
    this.#seen = this.#snapshot();
  }

  #read(name, parse) {
    try {
      return parse(JSON.parse(this.#get(name)), this.#now());
    } catch {
      return null;
    }
  }

  #snapshot = () => JSON.stringify([CHECKOUT, RECEIPT, CLOSED].map((name) => this.#get(name)));

  changedElsewhere = () => this.#seen !== this.#snapshot();

  /** The checkout, or null. */
  peek = () => this.#read(CHECKOUT, parseCheckout);

  /** `{checkout, receipt}`, each or null; from here on the page knows them. What is neither is removed: it may be in the way. */
  load() {
    const checkout = this.peek();
    const receipt = this.#read(RECEIPT, parseReceipt);
    const found = { [CHECKOUT]: checkout, [RECEIPT]: receipt, [CLOSED]: this.#read(CLOSED, parseClosed) };
    for (const name of Object.keys(found)) if (!found[name] && this.#get(name) !== null) this.#remove(name);
    this.#seen = this.#snapshot();
    return { checkout, receipt };
  }

  #isStored = (checkout) => this.#put(CHECKOUT, JSON.stringify({ v: VERSION, ...checkout }));

  /** What cannot be stored must not be sent. */
  save(checkout) {
    if (!this.#isStored(checkout)) throw Object.assign(new Error('the checkout was not stored'), { code: 'no_storage' });
  }

  /** Of a checkout that was sent, where this can be done; never over another one. */
  keep(checkout) {
    const stored = this.peek();
    if (!stored || stored.id === checkout.id || !stored.sent) this.#isStored(checkout);
  }

  isClosed = (id) => Boolean(this.#read(CLOSED, parseClosed)?.includes(id));

  /** For the other tabs the mark tells "closed" from "vanished". */
  close(id) {
    const closed = this.#read(CLOSED, parseClosed) ?? [];
    this.#put(CLOSED, JSON.stringify([id, ...closed.filter((one) => one !== id)].slice(0, CLOSED_KEPT)));
    const stored = this.peek();
    if (stored?.id === id) this.#remove(CHECKOUT);
    else if (stored) this.#seen = null; // another tab's, to be looked at
  }

  /** Where the receipt cannot be stored, the checkout stays: whoever opens it again is told `paid`. */
  pay(id, receipt) {
    if (this.#put(RECEIPT, JSON.stringify({ v: VERSION, ...receipt }))) this.close(id);
  }

  clearReceipt() {
    this.#remove(RECEIPT);
  }
}
