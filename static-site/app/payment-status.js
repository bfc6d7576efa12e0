// Where a payment stands, and what is shown of it.
import { isBusy, openAfter, transition } from './payment-state.js';

export class PaymentStatus {
  state = 'idle';
  detail = {};
  open = null; // `unknown` or `action`: an earlier request is
  #onChange;
  #report;

  /** `onChange(hint?)` draws; `report` hears of errors of ours. */
  constructor({ onChange, report }) {
    this.#onChange = onChange;
    this.#report = report;
  }

  get isUnderWay() {
    return isBusy(this.state);
  }

  go(event, detail = {}) {
    const before = this.state;
    this.state = transition(before, event);
    if (this.state === before) return;
    this.open = openAfter(this.state, this.open);
    this.detail = detail;
    this.draw();
  }

  /** An error in drawing is no outcome. */
  draw(hint) {
    try {
      this.#onChange(hint);
    } catch (error) {
      this.#report(error);
    }
  }
}
