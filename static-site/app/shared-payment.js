// The payment of an origin: its pages share it through storage, and one of them at a time works on it.
import { followStored, receiptOf } from './checkout.js';
import { OtherTab } from './other-tab.js';
import { isBusy, mayPay, openAfter, transition } from './payment-state.js';

/** "Check again" acts on what is shown: of another checkout, the same state is news. */
const OPENED = { found_unknown: true, found_action: true };
const isSame = (one, other) => JSON.stringify({ ...one, found: true }) === JSON.stringify({ ...other, found: true });

const REASONS = ['no_service', 'offline', 'no_storage'];

export class SharedPayment {
  state = 'idle';
  detail = {};
  open = null; // `unknown` or `action`: an earlier request is
  config = null; // once it has come
  #alone = false;
  #synced;

  constructor(parts) {
    this.parts = parts;
    this.held = parts.store;
    this.otherTab = new OtherTab(parts, () => this.draw());
  }

  get busy() {
    return isBusy(this.state) || Boolean(this.otherTab.state);
  }

  get mayPay() {
    return mayPay(this.state) && !this.#alone;
  }

  go(event, detail = {}) {
    const before = this.state;
    this.state = transition(before, event);
    const isAnother = event in OPENED && this.state === before && !isBusy(before) && !isSame(detail, this.detail);
    if (this.state === before && !isAnother) return;
    this.open = openAfter(this.state, this.open);
    this.detail = detail;
    this.draw();
  }

  /** An error in drawing is no outcome. */
  draw(hint) {
    try {
      this.parts.onChange(hint);
    } catch (error) {
      this.parts.report(error);
    }
  }

  /** Runs `work` under the lock, or waits for the page that holds it. An error of ours is no outcome. */
  async exclusively(work) {
    if (this.#alone) return;
    this.#alone = true;
    try {
      const ran = await this.otherTab.runAlone(() => (this.held.changedElsewhere() ? this.adopt() : work()));
      if (ran) return;
      this.go('lockedByOtherTab');
      await this.otherTab.wait(() => this.adopt());
    } catch (error) {
      const code = REASONS.includes(error?.code) ? error.code : 'other';
      if (code === 'other') this.parts.report(error);
      this.go(this.state === 'tokenizing' ? 'refuse' : 'unknown', { ...this.held.about, code });
    } finally {
      this.#alone = false;
    }
  }

  adopt() {
    const { now, onDropped } = this.parts;
    const { receipt, dropped } = this.held.restore(this.config);
    if (dropped) onDropped();
    this.go('lockedByOtherTab'); // it was pressed for what this page did not know yet
    const found = followStored({ checkout: this.held.value, receipt, state: this.state, now: now() });
    if (found) this.go(found.event, found.detail);
  }

  /** At opening, or when another page wrote. */
  sync() {
    if (!isBusy(this.state) && !this.#alone) this.#synced = this.exclusively(() => this.adopt());
    return this.#synced;
  }

  showPaid(checkout, answer, event) {
    const receipt = receiptOf(answer, checkout, this.parts.now());
    this.held.pay(checkout, receipt, () => this.go(event, { receipt }));
  }

  async askMeanwhile() {
    const checkout = this.held.peek();
    const isLeft = () => [undefined, checkout?.id].includes(this.held.peek()?.id); // no other one has been begun
    const answer = await this.otherTab.ask(checkout, this.parts.send, isLeft);
    if (answer) this.showPaid(checkout, answer, 'found_paid');
  }

  startOver() {
    this.held.forgetReceipt();
    this.go('startOver');
  }
}
