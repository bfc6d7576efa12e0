// Another page of the origin holds the lock. It may be suspended, or never let go: what became of its payment can still be asked.
import { settleRequest, voidRequest } from './checkout-requests.js';

export class OtherTab {
  state = null; // `waiting`; `stalled`: for too long
  told = null; // what asking came to: `checking`, `nothing`, `closed`, `unknown`
  #lock;
  #onChange;

  constructor(lock, onChange) {
    this.#lock = lock;
    this.#onChange = onChange;
  }

  #set(state, told = null) {
    Object.assign(this, { state, told });
    this.#onChange();
  }

  /** Runs `work` when the other page has let go. */
  async wait(work) {
    this.#set('waiting');
    const done = () => {
      this.state = null;
      work();
    };
    try {
      await this.#lock.wait(done, () => this.#set('stalled'));
    } finally {
      this.#set(null);
    }
  }

  /** Asks about the `checkout` that is stored. Without the lock, for it charges nothing. Answers what is final. */
  async ask(checkout, send) {
    if (this.state !== 'stalled' || this.told === 'checking') return null;
    if (!checkout?.attempt) return this.#set('stalled', 'nothing');
    this.#set('stalled', 'checking');
    const { path, body } = checkout.attempt.path ? checkout.attempt : voidRequest(checkout.publishable_key);
    const answer = await send(path, { key: checkout.id, resend: true, ...settleRequest({ path, body }) });
    if (this.state !== 'stalled') return null; // the other page has let go meanwhile
    const isClosed = answer.outcome === 'not_attempted' && answer.checkout === 'closed';
    this.#set('stalled', isClosed ? 'closed' : 'unknown');
    return isClosed || answer.outcome === 'paid' ? answer : null;
  }
}
