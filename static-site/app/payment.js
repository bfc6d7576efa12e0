// A payment from press to outcome, under one Web Lock of the origin.
import { isBusy, mayPay, next, openAfter } from './attempt.js';
import { LIFETIME, mintedAt } from './checkout.js';

const LOCK = 'till.checkout';
const VOID = '/api/payments/void';
const RECENT = 600_000; // ms; an older attempt waits for the shopper
const REASONS = ['no_service', 'no_storage'];

/** `parts` are page.js's: `slot`, `locks`, `settle`, `tokenize`, `challenge`, `configured`, `now` (the server's), `online`, `onChange(hint?)`. */
export class Payment {
  state = 'idle';
  detail = {};
  open = null; // `unknown` or `action`: an earlier request is
  elsewhere = false; // another tab holds the lock
  #alone = false;
  #stopWaiting;
  #synced;
  #parts;

  constructor(parts) {
    this.#parts = parts;
  }

  get busy() {
    return isBusy(this.state) || this.elsewhere;
  }

  get mayPay() {
    return mayPay(this.state) && !this.#alone;
  }

  get expired() {
    const checkout = this.#parts.slot.peek();
    return Boolean(checkout) && this.#parts.now() - mintedAt(checkout.id) > LIFETIME;
  }

  #go(event, detail = {}) {
    const before = this.state;
    this.state = next(before, event);
    if (this.state === before) return;
    this.open = openAfter(this.state, this.open);
    this.detail = detail;
    this.#parts.onChange();
  }

  /** Runs `work` under the lock, or waits for the tab that holds it. */
  async #exclusively(work) {
    if (this.#alone) return;
    this.#alone = true;
    try {
      const held = await this.#parts.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
        if (lock) await (this.#parts.slot.changedElsewhere() ? this.#adopt() : work());
        return lock;
      });
      if (!held) await this.#wait();
    } catch (error) {
      if (!REASONS.includes(error.code)) reportError(error);
      this.#go(this.state === 'tokenizing' ? 'refuse' : 'unknown', { code: error.code });
    } finally {
      this.#alone = false;
    }
  }

  async #wait() {
    this.#go('elsewhere');
    this.elsewhere = true;
    this.#parts.onChange();
    await this.#parts.locks.request(LOCK, () => {
      this.elsewhere = false;
      this.#adopt();
    });
    this.#parts.onChange();
  }

  #adopt() {
    const { slot } = this.#parts;
    const checkout = slot.look();
    const receipt = slot.receipt();
    this.#go('elsewhere');
    if (checkout?.attempt) this.#go(checkout.attempt.action ? 'found_action' : 'found_unknown', { ...this.#about(checkout), found: true });
    else if (checkout?.declined) this.#go('found_declined', { ...this.#about(checkout), ...checkout.declined, found: true });
    else if (receipt && !checkout) this.#go('found_paid', { receipt });
    else if (this.state !== 'paid') this.#go('found_nothing');
  }

  #about = ({ payment_intent, cart, attempt, cards }) => ({ payment_intent, cart, at: attempt?.at, card: cards.at(-1), leaving: attempt?.path === VOID });

  /** At opening, or when another tab wrote to the slot. */
  sync() {
    if (!isBusy(this.state)) this.#synced = this.#exclusively(() => this.#adopt());
    return this.#synced;
  }

  /** Drops a test-mode attempt of another key (true), or sends a recent one again. */
  async start({ publishable_key }) {
    await this.#synced; // the page that was reloaded may still hold the lock
    const { slot } = this.#parts;
    const checkout = slot.peek();
    if (checkout && !checkout.livemode && checkout.publishable_key !== publishable_key) {
      slot.clear();
      this.#go('found_nothing');
      return true;
    }
    if (this.open && Date.now() - checkout?.attempt?.at < RECENT) await this.resume();
    return false;
  }

  /** Pays `cart`: `{items, currency, total}`. */
  async press({ cart, shopper }) {
    if (!this.mayPay) return;
    this.#go('press');
    if (!this.#parts.online()) return this.#go('refuse', { code: 'offline' });
    await this.#exclusively(async () => {
      const { slot, tokenize, configured } = this.#parts;
      const config = await configured();
      if (!config) return this.#go('refuse', { code: 'page_outdated' });
      if (slot.mustLeave(cart)) await this.#close();
      if (this.state !== 'tokenizing') return;
      const { payment_intent } = slot.open(cart, { ...config, now: config.serverNow() });
      const token = await tokenize(shopper);
      if (!token.id) return this.#go(token.field ? 'correct' : 'refuse', token);
      const path = payment_intent ? `/api/payments/${payment_intent}/confirm` : '/api/payments';
      const body = JSON.stringify({
        payment_method: token.id,
        ...(!payment_intent && { items: cart.items }),
        currency: cart.currency,
        expected_total: cart.total,
        publishable_key: config.publishable_key,
        receipt_email: shopper.email,
      });
      const before = slot.sending({ path, body, at: Date.now() }, token);
      this.#go('token');
      await this.#settle(path, body, before);
    });
  }

  /** Sends the very same bytes again; a challenge is shown anew, if it is still wanted. */
  async resume() {
    this.#stopWaiting?.('resume');
    await this.#exclusively(async () => {
      const { slot } = this.#parts;
      const checkout = slot.look();
      if (!checkout?.attempt) return this.#adopt();
      const { path, body, at, action } = checkout.attempt;
      if (action) slot.sending({ path, body, at }); // it may be paid by this
      this.#go(path === VOID ? 'leave' : 'resume', this.#about(checkout));
      await this.#settle(path, body, checkout);
    });
  }

  /** Closes the checkout, so that nothing of it can be charged. */
  async leave() {
    this.#stopWaiting?.('leave');
    await this.#exclusively(() => this.#close());
  }

  async #close() {
    const { slot } = this.#parts;
    const body = JSON.stringify({ publishable_key: slot.peek().publishable_key });
    slot.sending({ path: VOID, body, at: Date.now() });
    this.#go('leave', this.#about(slot.peek()));
    await this.#settle(VOID, body, slot.peek());
  }

  abandon() {
    if (!this.expired) return;
    this.#parts.slot.clear();
    this.#go('abandon');
  }

  renew() {
    this.#parts.slot.dismiss();
    this.#go('renew');
  }

  /** The bank's challenge. Whatever Stripe.js says of its end, the server knows. */
  async #authenticate({ payment_intent, client_secret }, sent) {
    const { slot, challenge } = this.#parts;
    this.#go('challenge', this.detail);
    const stopped = await Promise.race([challenge(client_secret), new Promise((resolve) => (this.#stopWaiting = resolve))]);
    this.#stopWaiting = null;
    if (stopped === 'leave') return this.#close();
    const { items, ...rest } = JSON.parse(sent);
    const path = `/api/payments/${payment_intent}/confirm`;
    const body = JSON.stringify({ ...rest, action: 'completed' });
    const before = slot.sending({ path, body, at: Date.now() });
    this.#go('answered', this.detail);
    await this.#settle(path, body, before, !stopped);
  }

  async #settle(path, body, { id, sent }, challenged) {
    const { slot, settle, onChange } = this.#parts;
    const answer = await settle(path, { key: id, body, resend: sent }, () => onChange('waiting'));
    const { outcome, code, advice, payment_intent, param, resend } = answer;
    const checkout = slot.look();
    if (outcome === 'paid') {
      const receipt = receiptOf(answer, checkout.cards);
      slot.paid(receipt);
      this.#go('paid', { receipt });
    } else if (path === VOID && outcome === 'not_attempted') {
      slot.clear();
      this.#go(this.open ? 'closed' : 'press', { code: 'cancelled' });
    } else if (path !== VOID && outcome === 'declined') {
      slot.declined(payment_intent, { code, advice });
      this.#go('declined', { code, advice, payment_intent });
    } else if (path !== VOID && outcome === 'requires_action') {
      slot.acting(payment_intent);
      this.#go('requires_action', this.#about(slot.peek()));
      if (!challenged) await this.#authenticate(answer, body); // else the shopper says when to try again
    } else if (outcome === 'not_attempted') {
      if (resend || /^checkout_/.test(code)) slot.clear();
      else slot.refused();
      this.#go('not_attempted', { ...answer, cart: checkout.cart, field: param === 'receipt_email' && 'field.email.wrong' });
    } else this.#go('unknown', this.#about(checkout));
  }
}

/** What is kept of a paid answer; the card only if it names it. */
function receiptOf({ payment_intent, payment_method, amount, currency, created, livemode, items }, cards) {
  const card = cards.find(({ id }) => id === payment_method);
  return { payment_intent, amount, currency, created, livemode, items, kept: Date.now(), ...(card && { card: { brand: card.brand, last4: card.last4 } }) };
}
