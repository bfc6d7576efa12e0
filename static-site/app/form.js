// The form: what is wrong is said beside the field when the shopper leaves it, and in a summary above the heading when Pay is pressed.
import { byId, make, say, show } from './dom.js';
import { CHECKS, ORDER, fieldOf, readPostalCode } from './fields.js';

const OWN = Object.keys(CHECKS);
const CARD = ['number', 'expiry', 'cvc'];
const BRANDS = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', discover: 'Discover', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' };

/** A card brand's name; null for one that is not known (yet). */
export const brandName = (brand) => BRANDS[brand] ?? null;

export class Form {
  /** Field name → word key of its fault, kept until it is put right. */
  #faults = new Map();
  #summary = false;
  #card;
  #words;
  #said;

  /** `said()` hears when the faults change. */
  constructor(card, words, said) {
    this.#card = card;
    this.#words = words;
    this.#said = said;
    for (const name of OWN) {
      byId(name).addEventListener('blur', () => byId(name).value && this.#recheck(name));
      byId(name).addEventListener('input', () => this.#faults.has(name) && this.#recheck(name));
    }
    for (const name of CARD) document.querySelector(`label[for="card-${name}"]`).addEventListener('click', () => card.focus(name));
  }

  #check(name) {
    return CARD.includes(name) ? this.#card.check(name) : CHECKS[name](byId(name).value);
  }

  #recheck(name) {
    this.#set(name, this.#check(name));
    this.show();
  }

  #set(name, fault) {
    if (fault) this.#faults.set(name, fault);
    else this.#faults.delete(name);
  }

  cardChanged = (name) => this.#faults.has(name) && this.#recheck(name);
  cardLeft = (name) => !this.#card.isEmpty(name) && this.#recheck(name);

  showBrand(brand) {
    say(byId('brand'), brandName(brand) ?? '');
    show(byId('brand'), Boolean(brandName(brand)));
  }

  /** Something is chosen again. */
  cartChanged(count) {
    if (count > 0 && this.#faults.delete('cart')) this.show();
  }

  /** Checks everything; where something is wrong, says so above the heading and takes the focus there. */
  validate(count) {
    for (const name of [...OWN, ...CARD]) this.#set(name, this.#check(name));
    this.#set('cart', count > 0 ? null : 'field.cart.empty');
    return this.#pass();
  }

  /** A fault that only Stripe or the function could tell. */
  blame(key) {
    this.#set(fieldOf(key), key);
    this.#pass();
  }

  #pass() {
    this.#summary = this.#faults.size > 0;
    this.show();
    if (this.#summary) {
      byId('errors').focus({ preventScroll: true });
      byId('errors').scrollIntoView();
    }
    return !this.#summary;
  }

  /** The card is asked for anew: its faults go with what was typed. */
  clearCard() {
    CARD.forEach((name) => this.#faults.delete(name));
    this.#card.clear();
    this.showBrand(null);
    this.show();
  }

  hideSummary() {
    this.#summary = false;
    this.show();
  }

  get hasErrors() {
    return this.#summary && this.#faults.size > 0;
  }

  get shopper() {
    return { email: byId('email').value.trim(), name: byId('name').value.trim(), ...readPostalCode(byId('postal').value) };
  }

  show() {
    const words = this.#words();
    for (const name of [...OWN, ...CARD]) {
      const fault = this.#faults.get(name);
      const message = byId(`${name}-error`);
      say(message, fault ? words.say(fault) : '');
      show(message, Boolean(fault));
      if (CARD.includes(name)) byId(`card-${name}`).classList.toggle('invalid', Boolean(fault));
      else if (fault) byId(name).setAttribute('aria-invalid', 'true');
      else byId(name).removeAttribute('aria-invalid');
    }
    const links = ORDER.filter((name) => this.#faults.has(name)).map((name) => {
      const go = (event) => {
        event.preventDefault();
        this.focus(name);
      };
      return make('li', {}, make('a', { href: `#${this.#target(name)}`, onclick: go }, words.say(this.#faults.get(name))));
    });
    byId('errors').replaceChildren(make('h2', {}, words.say('errors.title')), make('ul', {}, ...links));
    show(byId('errors'), this.hasErrors);
    this.#said();
  }

  #target = (name) => (name === 'cart' ? 'choose-title' : CARD.includes(name) ? `card-${name}` : name);

  focus(name) {
    if (CARD.includes(name)) this.#card.focus(name);
    else if (name === 'cart') document.querySelector('#products button:not(:disabled)').focus();
    else byId(name).focus();
  }
}
