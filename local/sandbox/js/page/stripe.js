// What `Stripe()` gives a merchant's script.

const secretForm = /^pi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+$/;

class Stripe {
  #controller;
  #locale;

  constructor(key, { locale = 'auto' } = {}) {
    this.#controller = new Controller(key);
    this.#locale = locale;
  }

  elements({ locale = this.#locale } = {}) {
    return new Elements(this.#controller.channel, locale);
  }

  async createPaymentMethod({ type, card, ...params } = {}) {
    insist(type === 'card', 'Invalid value for createPaymentMethod(): type should be "card".');
    const { fields, locale } = cardOf(card);
    return this.#controller.call('createPaymentMethod', { fields, params: { type, ...params } }, locale);
  }

  async retrievePaymentIntent(clientSecret) {
    return this.#ask('retrievePaymentIntent', clientSecret);
  }

  async confirmCardPayment(clientSecret, { payment_method, return_url } = {}, { handleActions = true } = {}) {
    insist(!isObject(payment_method), 'This stand-in takes payment_method as an id: call createPaymentMethod() first.');
    const result = await this.#ask('confirmCardPayment', clientSecret, { params: { payment_method, return_url } });
    const { paymentIntent } = result;
    const pending = handleActions && paymentIntent?.status === 'requires_action';
    return pending ? this.#authenticate(paymentIntent, clientSecret) : result;
  }

  async handleCardAction(clientSecret) {
    return this.#handleAction('handleCardAction', clientSecret);
  }

  async handleNextAction({ clientSecret } = {}) {
    return this.#handleAction('handleNextAction', clientSecret);
  }

  async #handleAction(method, clientSecret) {
    const result = await this.#ask('retrievePaymentIntent', clientSecret, {}, method);
    if (result.error) return result;
    const { status, confirmation_method } = result.paymentIntent;
    insist(status === 'requires_action', `${method}: The PaymentIntent supplied is not in the requires_action state.`);
    insist(
      method === 'handleNextAction' || confirmation_method === 'manual',
      `${method}: The PaymentIntent supplied does not require manual server-side confirmation. \
Please use confirmCardPayment instead to complete the payment.`,
    );
    return this.#authenticate(result.paymentIntent, clientSecret);
  }

  async #authenticate({ amount, currency, next_action }, clientSecret) {
    const kind = next_action.use_stripe_sdk?.type;
    insist(kind === 'three_d_secure_redirect', `This stand-in cannot handle the next action ${kind ?? next_action.type}.`);
    const result = await showChallenge({ amount, currency }, this.#locale);
    return this.#ask('authenticate', clientSecret, { result });
  }

  // Calls the controller. The message leaves the wrong value out, unlike Stripe's: part of it may be secret.
  async #ask(method, clientSecret, args, caller = method) {
    insist(
      secretForm.test(clientSecret),
      `Invalid value for stripe.${caller} intent secret: value should be a client secret of the form \${id}_secret_\${secret}.`,
    );
    return this.#controller.call(method, { clientSecret, ...args }, this.#locale);
  }
}

// Callable with or without `new`, as Stripe's is.
window.Stripe = function (key, options) {
  insist(key !== undefined, 'Missing value for Stripe(): apiKey should be a string.');
  insist(typeof key === 'string', `Invalid value for Stripe(): apiKey should be a string. You specified: ${key}.`);
  insist(key, 'Please call Stripe() with your publishable key. You used an empty string.');
  insist(!/^[sr]k_/.test(key), `You should not use your secret key with Stripe.js.
Please pass a publishable key instead.`);
  return new Stripe(key, options);
};
