// The checkout that this page holds: in memory, and in storage where that can be done. Memory is what answers are followed from.
import { isExpired, isOfAnotherSandbox, isOfTheFuture } from './checkout.js';
import { about } from './follow.js';

export class HeldCheckout {
  value = null;
  #paid = null; // the id of the checkout that was paid here
  #store;

  constructor(store) {
    this.#store = store;
  }

  changedElsewhere = () => this.#store.changedElsewhere();

  /** As it is stored, at this moment. */
  peek = () => this.#store.peek();

  get about() {
    return about(this.value ?? {});
  }

  isExpired = (serverNow) => Boolean(this.value) && isExpired(this.value, serverNow);

  /**
   * Takes over what is stored; a checkout that vanished, and was not closed, is written again. Answers `{receipt, dropped}`. What can be no
   * checkout of this shop's function is `dropped`: one of a sandbox before it was restarted, or of the future; `config`, once it is there, tells.
   */
  restore(config) {
    const { checkout, receipt } = this.#store.load();
    const mine = this.value;
    const vanished = mine?.sent && mine.id !== checkout?.id && !this.#store.isClosed(mine.id) && (!checkout || mine.attempt);
    if (vanished) this.#store.keep(mine);
    else this.value = checkout && checkout.id !== this.#paid ? checkout : null;
    return { receipt, dropped: this.#drop(config) };
  }

  #drop(config) {
    const checkout = this.value;
    if (!checkout || !config) return false;
    const isForeign = isOfAnotherSandbox(checkout, config);
    if (isForeign || isOfTheFuture(checkout, config.serverNow())) this.close();
    return isForeign && checkout.sent;
  }

  /** Throws where it cannot be stored: then it must not be sent. */
  save(checkout) {
    this.#store.save(checkout);
    this.value = checkout;
  }

  /** Of one that was sent already. */
  keep(checkout) {
    this.value = checkout;
    this.#store.keep(checkout);
  }

  close() {
    this.#store.close(this.value.id);
    this.value = null;
  }

  /** `show()` comes first: a receipt that cannot be stored is shown all the same. */
  pay({ id }, receipt, show) {
    this.value = null;
    this.#paid = id;
    show();
    this.#store.pay(id, receipt);
  }

  forgetReceipt() {
    if (this.#paid) this.#store.close(this.#paid);
    this.#store.clearReceipt();
  }
}
