// A fault is told beside its field, and in a summary when Pay is pressed.
import { brandName } from './card-errors.js';
import { byId, make, mark, say, show } from './words.js';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const ZIP = /^(\d{5})(\d{4})?$/;
const CANADIAN = /^([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])(\d[ABCEGHJ-NPRSTV-Z]\d)$/;

/** `{postal_code, country}` as Stripe is told, or null. */
export function readPostalCode(text) {
  const plain = text.toUpperCase().replace(/[\s-]/g, '');
  const [zip, canadian] = [ZIP.exec(plain), CANADIAN.exec(plain)];
  if (zip) return { postal_code: zip[2] ? `${zip[1]}-${zip[2]}` : plain, country: 'US' };
  return canadian && { postal_code: `${canadian[1]} ${canadian[2]}`, country: 'CA' };
}

const check = (name, isRight) => (value) => (!value.trim() ? `field.${name}.empty` : isRight(value.trim()) ? null : `field.${name}.wrong`);

/** A value's fault: a key of the words, or null. */
export const CHECKS = {
  email: check('email', (value) => EMAIL.test(value) && value.length <= 254),
  name: check('name', () => true),
  postal: check('postal', readPostalCode),
};

const OWN = Object.keys(CHECKS);
const CARD = ['number', 'expiry', 'cvc'];
const ORDER = ['cart', 'email', 'name', ...CARD, 'postal'];
export class Form {
  #faults = new Map(); // field → word key, until it is put right
  #summary = false;
  #card;
  #words;
  #said;

  constructor(card, words, said) {
    this.#card = card;
    this.#words = words;
    this.#said = said;
    for (const name of OWN) {
      byId(name).addEventListener('blur', () => byId(name).value && this.#recheck(name));
      byId(name).addEventListener('input', () => this.#faults.has(name) && this.#recheck(name));
    }
    for (const name of CARD) document.querySelector(`[for=card-${name}]`).addEventListener('click', () => card.focus(name));
  }

  #check = (name) => (CARD.includes(name) ? this.#card.check(name) : CHECKS[name](byId(name).value));

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
    show(byId('brand'), brandName(brand));
  }

  cartChanged(count) {
    if (count && this.#faults.delete('cart')) this.show();
  }

  /** Answers whether all is well; else the summary takes the focus. */
  validate(count) {
    for (const name of [...OWN, ...CARD]) this.#set(name, this.#check(name));
    this.#set('cart', count ? null : 'field.cart.empty');
    return this.#pass();
  }

  /** A fault that only Stripe or the function could tell. */
  blame(key) {
    this.#set(key.split('.')[1], key);
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

  clearCard() {
    CARD.forEach((name) => this.#faults.delete(name));
    this.#card.clear();
    this.showBrand();
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
    const [email, name, postal] = OWN.map((one) => byId(one).value.trim());
    return { email, name, ...readPostalCode(postal) };
  }

  show() {
    const words = this.#words();
    for (const name of [...OWN, ...CARD]) {
      const fault = this.#faults.get(name);
      const message = byId(`${name}-error`);
      say(message, fault ? words.say(fault) : '');
      show(message, fault);
      if (CARD.includes(name)) byId(`card-${name}`).classList.toggle('invalid', Boolean(fault));
      else mark(byId(name), 'invalid', fault);
    }
    const links = ORDER.filter((name) => this.#faults.has(name)).map((name) => {
      const go = (event) => {
        event.preventDefault();
        this.focus(name);
      };
      return make('li', {}, make('a', { href: '#form', onclick: go }, words.say(this.#faults.get(name))));
    });
    byId('errors').replaceChildren(make('h2', {}, words.say('errors.title')), make('ul', {}, ...links));
    show(byId('errors'), this.hasErrors);
    this.#said();
  }

  focus(name) {
    if (CARD.includes(name)) this.#card.focus(name);
    else (name === 'cart' ? document.querySelector('#products button:enabled') : byId(name)).focus();
  }
}
