// The card fields: Stripe's own frames. This page never sees a digit; it hears whether a field is complete, and of what brand the card is.
import { CARD_ERRORS } from './fields.js';

const TYPES = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' };
const PATIENCE = 20_000;

/** `Stripe` of a script tag that is still to load. */
const stripeOf = (tag) =>
  new Promise((resolve, reject) => {
    const fail = () => reject(new Error('Stripe.js did not load'));
    tag.addEventListener('load', () => (window.Stripe ? resolve(window.Stripe) : fail()));
    tag.addEventListener('error', fail);
    setTimeout(fail, PATIENCE);
  });

// From the tag in index.html, which runs after this module; where it has failed, from a fresh one at the same address.
let script = stripeOf(document.getElementById('stripe-js'));
script.catch(() => {}); // told when the fields are asked for

function freshScript() {
  const tag = document.createElement('script');
  tag.src = document.getElementById('stripe-js').src;
  document.head.append(tag);
  return stripeOf(tag);
}

function fieldStyle() {
  const look = getComputedStyle(document.documentElement);
  const colour = (name) => look.getPropertyValue(`--${name}`).trim();
  return {
    base: { color: colour('ink'), iconColor: colour('quiet'), fontFamily: 'system-ui, sans-serif', fontSize: '17px', '::placeholder': { color: colour('quiet') } },
    invalid: { color: colour('bad'), iconColor: colour('bad') },
  };
}

/** `onChange(field)`, `onLeave(field)` and `onBrand(brand)` hear of the fields `number`, `expiry` and `cvc`; `onBroken()` that they cannot be shown. */
export class CardFields {
  ready = false;
  #stripe;
  #elements;
  #fields = {};
  #states = {};
  #hooks;

  constructor(hooks) {
    this.#hooks = hooks;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#eachField((field) => field.update({ style: fieldStyle() })));
  }

  #eachField(act) {
    Object.values(this.#fields).forEach(act);
  }

  /** Shows the fields; rejects when Stripe.js or one of its frames does not load. May be called again after that. */
  async load(publishableKey, locale) {
    const Stripe = window.Stripe ?? (await script.catch(() => (script = freshScript())));
    this.#stripe ??= Stripe(publishableKey, { locale });
    await this.#mount(locale);
  }

  async #mount(locale) {
    this.ready = false;
    this.#eachField((field) => field.destroy());
    this.#elements = this.#stripe.elements({ locale });
    const shown = Object.entries(TYPES).map(([name, type]) => this.#mountField(name, type));
    await Promise.all(shown);
    this.ready = true;
  }

  #mountField(name, type) {
    const options = { style: fieldStyle(), ...(name === 'number' ? { disableLink: true } : {}) };
    const field = this.#elements.create(type, options);
    const box = document.getElementById(`card-${name}`);
    this.#fields[name] = field;
    this.#states[name] = { empty: true };
    field.on('change', (state) => {
      this.#states[name] = state;
      if (name === 'number') this.#hooks.onBrand(state.brand);
      this.#hooks.onChange(name);
    });
    field.on('focus', () => box.classList.add('focused'));
    field.on('blur', () => {
      box.classList.remove('focused');
      this.#hooks.onLeave(name);
    });
    return new Promise((resolve, reject) => {
      setTimeout(reject, PATIENCE, new Error('the card fields did not come up'));
      field.on('ready', resolve);
      field.on('loaderror', () => {
        this.ready = false;
        reject(new Error('a card field did not load'));
        this.#hooks.onBroken();
      });
      field.mount(box);
    });
  }

  isEmpty(name) {
    return this.#states[name]?.empty ?? true;
  }

  /** The word key of what is wrong with a field, or null. */
  check(name) {
    const { empty, complete, error } = this.#states[name] ?? { empty: true };
    if (error) return CARD_ERRORS[error.code] ?? `field.${name}.wrong`;
    if (empty) return `field.${name}.empty`;
    return complete ? null : `field.${name}.wrong`;
  }

  focus(name) {
    this.#fields[name]?.focus();
  }

  clear() {
    this.#eachField((field) => field.clear());
  }

  /** Another language, without losing what was typed. */
  speak(locale) {
    this.#elements?.update({ locale });
  }

  /** Asks Stripe for a PaymentMethod: `{id, brand, last4}`, or `{code, field?}` when there is none; nothing of ours was sent by then. */
  async tokenize({ email, name, postal_code, country }) {
    const billing_details = { email, name, address: { postal_code, country } };
    const request = this.#stripe.createPaymentMethod({ type: 'card', card: this.#fields.number, billing_details });
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, { error: { type: 'late' } }));
    const { paymentMethod, error } = await Promise.race([request, late]).catch(() => ({ error: { type: 'failed' } }));
    if (paymentMethod) return { id: paymentMethod.id, brand: paymentMethod.card.brand, last4: paymentMethod.card.last4 };
    const words = CARD_ERRORS[error.code];
    return words ? { code: 'card_details', field: words } : { code: 'no_card_service' };
  }
}
