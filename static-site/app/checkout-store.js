// The checkout that this page holds: in memory first, and in storage where that can be done.
import { about, isExpired, isOfAnotherSandbox, isOfTheFuture } from './checkout.js';
import { VERSION, isCheckout, parseCheckout, parseClosed, parseJson, parseReceipt } from './stored.js';

const CHECKOUT = 'till.checkout';
const RECEIPT = 'till.receipt';
const CLOSED = 'till.closed';
const PARSE = { [CHECKOUT]: parseCheckout, [RECEIPT]: parseReceipt, [CLOSED]: parseClosed };
const CLOSED_KEPT = 20;

export class CheckoutStore {
  value = null;
  #found = null;
  #paid = null; // the id of the checkout that was paid here
  #storage;
  #now;
  #seen = {}; // each entry as this page last looked at it, or wrote it

  /** `storage` may fail in every way; `now` is the shopper's clock. */
  constructor(storage, now) {
    this.#storage = storage;
    this.#now = now;
  }

  #try(method, ...given) {
    try {
      return this.#storage[method](...given);
    } catch {
      return null;
    }
  }

  #parse = (name, text) => PARSE[name](parseJson(text), this.#now());

  #read = (name) => this.#parse(name, this.#try('getItem', name));

  #look(name) {
    this.#seen[name] = this.#try('getItem', name);
  }

  /** Answers whether it can be read back. */
  #write(name, value) {
    const text = JSON.stringify(value);
    this.#try('setItem', name, text);
    this.#look(name);
    return this.#seen[name] === text && Boolean(this.#read(name));
  }

  #remove(name) {
    this.#try('removeItem', name);
    this.#look(name);
  }

  changedElsewhere = () => Object.keys(PARSE).some((name) => this.#try('getItem', name) !== this.#seen[name]);

  peek = () => this.#read(CHECKOUT);

  isClosed = (id) => Boolean(this.#read(CLOSED)?.includes(id));

  get receipt() {
    return this.#read(RECEIPT);
  }

  get about() {
    return about(this.value);
  }

  isExpired = (serverNow) => Boolean(this.value) && isExpired(this.value, serverNow);

  /** A killed browser may have lost that what it found was sent. */
  mayBeSent = (checkout) => Boolean(checkout?.sent || checkout?.id === this.#found);

  /** Takes over what is stored; a checkout that vanished, and was not closed, is written again. Answers `{receipt, dropped}`. */
  restore(config) {
    for (const name of Object.keys(PARSE)) {
      this.#look(name);
      if (this.#seen[name] !== null && !this.#parse(name, this.#seen[name])) this.#remove(name);
    }
    const [mine, stored] = [this.value, this.peek()];
    const vanished = this.mayBeSent(mine) && mine.id !== stored?.id && !this.isClosed(mine.id) && (!stored || mine.attempt);
    if (vanished) this.keep(mine);
    else this.value = stored && stored.id !== this.#paid ? stored : null;
    if (this.value && this.value.id !== mine?.id) this.#found = this.value.id;
    return { receipt: this.receipt, dropped: this.#drop(config) };
  }

  /** What is of a sandbox before it was restarted, or of the future: that can be told once there is a config. */
  #drop(config) {
    const checkout = this.value;
    if (!checkout || !config) return false;
    const isForeign = isOfAnotherSandbox(checkout, config);
    if (isForeign || isOfTheFuture(checkout, config.latest())) this.close();
    return isForeign && checkout.sent;
  }

  /** What cannot be stored, or understood again, must not be sent. */
  save(checkout) {
    if (!isCheckout(checkout)) throw new Error('a malformed checkout');
    if (!this.#write(CHECKOUT, { v: VERSION, ...checkout })) throw Object.assign(new Error('the checkout was not stored'), { code: 'no_storage' });
    this.value = checkout;
  }

  /** Of one that was sent already; never over another one. */
  keep(checkout) {
    this.value = checkout;
    const stored = this.peek();
    if (!stored || stored.id === checkout.id || !stored.sent) this.#write(CHECKOUT, { v: VERSION, ...checkout });
  }

  close() {
    this.#close(this.value.id);
    this.value = null;
  }

  /** For the other tabs the mark tells "closed" from "vanished". */
  #close(id) {
    const closed = this.#read(CLOSED) ?? [];
    this.#write(CLOSED, [id, ...closed.filter((one) => one !== id)].slice(0, CLOSED_KEPT));
    if (this.peek()?.id === id) this.#remove(CHECKOUT);
  }

  /** `show()` first. Where the receipt cannot be stored, the checkout stays there: whoever opens it again is told `paid`. */
  pay({ id }, receipt, show) {
    this.value = null;
    this.#paid = id;
    show();
    if (this.#write(RECEIPT, { v: VERSION, ...receipt })) this.#close(id);
  }

  forgetReceipt() {
    if (this.#paid) this.#close(this.#paid);
    this.#remove(RECEIPT);
  }
}
