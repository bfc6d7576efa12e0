// A payment from press to outcome.
import { MAX_CARDS, VOID, completedRequest, follow, isForAnotherCart, mintId, newCheckout, payRequest, settleRequest, voidRequest, withRequest } from './checkout.js';
import { SharedPayment } from './shared-payment.js';

const PRESS_HOLDS = 120_000; // ms; after that its card is no longer sent

/** `parts`: the platform, and what the page gives; `configured` rejects, or answers null where the card fields are of another key. */
export class Payment extends SharedPayment {
  #askedAfterExpiry = false;
  #stopChallenge;

  get expired() {
    return this.held.isExpired(this.parts.serverNow());
  }

  /** It was asked once more, and still nobody knows. */
  get mayAbandon() {
    return this.state === 'unknown' && this.expired && this.#askedAfterExpiry;
  }

  /** The config has come: what was found can be judged, and asked about. */
  async start(config) {
    this.config = config;
    await this.sync(); // what is under way: the page that was reloaded may still hold the lock
    await this.sync();
    await this.settle();
  }

  /** Before the press: a browser that is killed forgets what it stored last. */
  async prepare(cart) {
    if (this.mayPay && this.config && !this.held.value) await this.exclusively(() => this.#begin(this.config, cart));
  }

  #begin(config, cart) {
    const { publishable_key, livemode, serverNow } = config;
    const checkout = { ...(this.held.value ?? newCheckout(mintId(serverNow(), this.parts.randomBytes(10)))), publishable_key, livemode, cart };
    this.held.save(checkout);
    return checkout;
  }

  async pay({ cart, shopper }) {
    if (!this.mayPay) return;
    this.go('pay');
    const { now, tokenize, configured } = this.parts;
    const pressed = now();
    await this.exclusively(async () => {
      const config = await configured();
      if (!config) return this.go('refuse', { code: 'page_outdated' });
      await this.#makeRoom(cart);
      if (this.state !== 'tokenizing') return;
      if (this.held.receipt) return this.adopt(); // of another page
      const checkout = this.#begin(config, cart);
      const token = await tokenize(shopper);
      if (!token.id) return this.go(token.field ? 'correct' : 'refuse', token);
      if (Math.abs(now() - pressed) > PRESS_HOLDS) return this.go('refuse', { code: 'no_service' }); // the machine slept
      const request = payRequest(checkout, { token, publishable_key: config.publishable_key, email: shopper.email, now: now() });
      this.held.save(withRequest(checkout, request, token));
      this.go('token');
      await this.#send(request, { resend: this.held.mayBeSent(checkout) });
    });
  }

  /** An earlier checkout that cannot take this cart or another card is closed first. */
  async #makeRoom(cart) {
    const checkout = this.held.value;
    if (this.expired) this.held.close(); // no request of it is open: it can charge nothing
    else if (isForAnotherCart(checkout, cart)) await this.#void('cancelled', { onward: true });
    else if (checkout?.cards.length >= MAX_CARDS) await this.#void('card_limit_reached');
  }

  /** "Check again" is a press: sends the very same bytes again. A challenge is shown anew, if it is still wanted. */
  async check() {
    this.#stopChallenge?.('check');
    await this.exclusively(() => this.#sendAgain({ settle: this.expired }));
  }

  /** What nobody pressed only asks: it charges nothing. */
  async settle() {
    if (this.open && !this.busy) await this.exclusively(() => this.#sendAgain({ settle: true }));
  }

  async #sendAgain({ settle }) {
    const checkout = this.held.value;
    if (!checkout?.attempt) return this.adopt();
    const { path = VOID, body, at, action } = checkout.attempt;
    if (action && !settle) this.held.keep(withRequest(checkout, { path, body, at })); // it may be paid by this
    this.go(path === VOID ? 'cancel' : 'check', this.held.about);
    const request = body ? { path, body } : await this.#voidRequest(); // where it is lost
    await this.#send(request, { settle: settle || !body, closing: path === VOID && 'cancelled' });
  }

  async cancel() {
    this.#stopChallenge?.('cancel');
    await this.exclusively(() => (this.held.value ? this.#void('cancelled') : this.adopt()));
  }

  async #void(closing, { onward } = {}) {
    this.go('cancel', { ...this.held.about, leaving: true });
    const request = await this.#voidRequest();
    this.held.keep(withRequest(this.held.value, request));
    await this.#send(request, { closing, onward });
  }

  async #voidRequest() {
    const { publishable_key } = this.held.value.publishable_key ? this.held.value : ((await this.parts.configured()) ?? this.config);
    return voidRequest(publishable_key, this.parts.now());
  }

  /** The bank's challenge. Whatever Stripe.js says of its end, the server knows. */
  async #authenticate({ payment_intent, client_secret }, sent) {
    this.go('challenge', this.detail);
    const stopped = await Promise.race([this.parts.challenge(client_secret), new Promise((resolve) => (this.#stopChallenge = resolve))]);
    this.#stopChallenge = null;
    if (stopped === 'cancel') return this.#void('cancelled');
    const request = completedRequest(payment_intent, sent, this.parts.now());
    this.held.save(withRequest(this.held.value, request));
    this.go('challengeEnded', this.detail);
    await this.#send(request, { challenged: !stopped });
  }

  async #send(request, { resend = true, settle = false, challenged = settle, closing, onward }) {
    const checkout = this.held.value;
    const { now, send } = this.parts;
    const { path, body } = settle ? settleRequest(request) : request;
    const answer = await send(path, { key: checkout.id, body, resend }, () => {
      this.held.keep(checkout); // storage may have been cleared meanwhile
      this.draw('waiting');
    });
    if (answer.outcome === 'paid') return this.showPaid(checkout, answer, 'paid');
    const { event, detail, after } = follow(answer, checkout, { closing, onward, now: now() });
    if (after) this.held.keep(after);
    else this.held.close();
    this.#askedAfterExpiry = this.expired;
    this.go(event, detail);
    if (event === 'requires_action' && !challenged) await this.#authenticate(answer, request.body); // else the shopper says when to try again
  }

  abandon() {
    if (!this.mayAbandon) return;
    this.held.close();
    this.go('abandon');
  }
}
