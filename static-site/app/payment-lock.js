// One Web Lock of the origin: the page that holds it pays, the others wait.

const LOCK = 'till.checkout';
const PATIENCE = 40_000; // ms

export class PaymentLock {
  #locks;
  #timers;

  /** `locks`: navigator's. `timers`: `{setTimeout, clearTimeout}`. */
  constructor(locks, timers) {
    this.#locks = locks;
    this.#timers = timers;
  }

  /** Runs `work` under the lock and answers true; false where another page holds it. */
  async tryRun(work) {
    return this.#locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return Boolean(lock);
    });
  }

  /** Runs `work` when the other page has let go. One that is suspended never does: `onStalled` hears of it. */
  async wait(work, onStalled) {
    const timer = this.#timers.setTimeout(onStalled, PATIENCE);
    await this.#locks.request(LOCK, () => {
      this.#timers.clearTimeout(timer);
      return work();
    });
  }
}
