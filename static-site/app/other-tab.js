// One page of the origin pays, under a Web Lock. The others wait; when it is suspended, they ask.
import { settleRequest, voidRequest } from './checkout.js';

const LOCK = 'till.checkout';
const PATIENCE = 40_000; // ms

export class OtherTab {
  state = null; // `waiting`; `stalled`: for too long
  told = null; // what asking came to: `checking`, `nothing`, `closed`, `unknown`
  #platform;
  #onChange;

  constructor(platform, onChange) {
    this.#platform = platform;
    this.#onChange = onChange;
  }

  #set(state, told = null) {
    Object.assign(this, { state, told });
    this.#onChange();
  }

  /** Answers whether it could run `work` under the lock. */
  runAlone = (work) =>
    this.#platform.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return Boolean(lock);
    });

  /** Runs `work` when the other page has let go. */
  async wait(work) {
    const { locks, setTimeout, clearTimeout } = this.#platform;
    this.#set('waiting');
    const timer = setTimeout(() => this.#set('stalled'), PATIENCE);
    try {
      await locks.request(LOCK, () => {
        clearTimeout(timer);
        this.state = null;
        work();
      });
    } finally {
      clearTimeout(timer);
      this.#set(null);
    }
  }

  /** Asks about the `checkout` that is stored. Without the lock, for it charges nothing. Answers what is final, or null. */
  async ask(checkout, send, isLeft) {
    if (this.state !== 'stalled' || this.told === 'checking') return null;
    if (!checkout?.attempt) return this.#set('stalled', 'nothing');
    this.#set('stalled', 'checking');
    const request = checkout.attempt.body ? checkout.attempt : voidRequest(checkout.publishable_key);
    const { path, body } = settleRequest(request);
    const answer = await send(path, { key: checkout.id, body, resend: true });
    if (answer.outcome === 'paid') return answer;
    if (this.state !== 'stalled') return null; // the other page has let go meanwhile
    this.#set('stalled', answer.checkout === 'closed' && isLeft() ? 'closed' : 'unknown');
    return null;
  }
}
