// Stripe's own frames: the page never sees a digit.
import { cardFault, tokenizeFault } from './card-errors.js';
import { byId, make } from './words.js';

const TYPES = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' };
const PATIENCE = 20_000; // ms

const near = (node) =>
  new Promise((resolve) => {
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && resolve(), { rootMargin: '20%' }).observe(node);
  });

function style() {
  const look = getComputedStyle(document.documentElement);
  const [ink, quiet, bad] = ['--ink', '--quiet', '--bad'].map((name) => look.getPropertyValue(name).trim());
  const base = { color: ink, iconColor: quiet, fontFamily: 'system-ui, sans-serif', fontSize: '17px', '::placeholder': { color: quiet } };
  return { base, invalid: { color: bad, iconColor: bad } };
}

/** `number`, `expiry`, `cvc`. Hooks: `onChange(field)`, `onLeave(field)`, `onBrand(brand)`, `onBroken()`. */
export class CardFields {
  ready = false;
  #arrived; // Stripe.js
  #open; // opens it when it is first needed
  #stripe;
  #elements;
  #fields = {};
  #states = {};
  #hooks;

  constructor(hooks) {
    this.#hooks = hooks;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#each((field) => field.update({ style: style() })));
  }

  #each(act) {
    Object.values(this.#fields).forEach(act);
  }

  /** Of `window.Stripe`, which is missing where it does not load. */
  fetch() {
    if (window.Stripe) return;
    this.#arrived = new Promise((done) => {
      document.head.append(make('script', { src: byId('stripe-js').href, onload: done, onerror: done }));
      setTimeout(done, PATIENCE);
    });
  }

  /** Shows the empty fields once the form is near: their frames are heavy. Rejects when something does not load. */
  async load(publishableKey, locale) {
    this.ready = false;
    this.#open = async () => {
      await this.#arrived;
      this.#stripe ??= window.Stripe(publishableKey, { locale: locale() });
    };
    await this.#arrived;
    if (window.Stripe) await near(byId('form'));
    await this.#open();
    this.#each((field) => field.destroy());
    this.#elements = this.#stripe.elements({ locale: locale() });
    const mount = async (name, n) => {
      await new Promise((next) => setTimeout(next, n)); // the page answers in between
      await this.#mount(name);
    };
    await Promise.all(Object.keys(TYPES).map(mount));
    this.ready = true;
  }

  #mount(name) {
    const box = byId(`card-${name}`);
    const field = this.#elements.create(TYPES[name], { style: style(), ...(name === 'number' && { disableLink: true }) });
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
      setTimeout(reject, PATIENCE);
      field.on('ready', resolve);
      field.on('loaderror', () => {
        this.ready = false;
        reject();
        this.#hooks.onBroken();
      });
      field.mount(box);
    });
  }

  isEmpty = (name) => this.#states[name]?.empty ?? true;

  check(name) {
    const { complete, error } = this.#states[name] ?? {};
    if (error) return cardFault(error.code) ?? `field.${name}.wrong`;
    if (this.isEmpty(name)) return `field.${name}.empty`;
    return complete ? null : `field.${name}.wrong`;
  }

  focus = (name) => (this.#fields[name] ? this.#fields[name].focus() : byId('form').scrollIntoView());

  clear() {
    this.#each((field) => field.clear());
  }

  speak(locale) {
    this.#elements?.update({ locale });
  }

  /** A PaymentMethod `{id, brand, last4}`, or what is wrong (`tokenizeFault`). */
  async tokenize({ email, name, postal_code, country }) {
    const billing_details = { email, name, address: { postal_code, country } };
    const asked = this.#stripe.createPaymentMethod({ type: 'card', card: this.#fields.number, billing_details });
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, {}));
    const { paymentMethod, error } = await Promise.race([asked, late]).catch(() => ({}));
    if (paymentMethod) return { id: paymentMethod.id, brand: paymentMethod.card.brand, last4: paymentMethod.card.last4 };
    return tokenizeFault(error, navigator.onLine);
  }

  /** Shows the bank's challenge; resolves when it is over, in whichever way. */
  async challenge(clientSecret) {
    try {
      await this.#open();
      await this.#stripe.handleCardAction(clientSecret);
    } catch {
      // the server knows
    }
  }
}
