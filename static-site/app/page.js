// The page: holds the parts, and shows the present state of all of them whenever one changes.
import { CardFields } from './card.js';
import { Cart } from './cart.js';
import { Slot } from './checkout.js';
import { config as askConfig, settle } from './client.js';
import { byId, make, say, show } from './dom.js';
import { Form } from './form.js';
import { showOutcome, showTitle } from './outcome.js';
import { Payment } from './payment.js';
import { showReceipt } from './receipt.js';
import { buildShop, showSummary } from './shop.js';
import { elementsLocale } from './words.js';

const FRESH = 10 * 60_000; // an older config is asked for again before a payment

const because = (code) => () => Promise.reject(Object.assign(new Error(code), { code }));

/** The browser's storage; where it is forbidden, one that keeps nothing, so that no payment starts. */
function storage(name) {
  try {
    return window[name];
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
}

export class Page {
  #config = null;
  #key = null; // the publishable key that the card fields were made with
  #notice = null; // {key, retry?}
  #refusedTotals = [];
  #progress = '';
  #shown = 'idle'; // the state last shown

  constructor({ words, catalog, merchant, speak, reloadCatalog }) {
    Object.assign(this, { words, merchant, speak, reloadCatalog });
    this.cart = new Cart(catalog, merchant.currency);
    this.cart.recall(storage('sessionStorage'));
    this.card = new CardFields({
      onChange: (field) => this.form.cardChanged(field),
      onLeave: (field) => this.form.cardLeft(field),
      onBrand: (brand) => this.form.showBrand(brand),
      onBroken: () => this.#warn('no_stripe', this.#connect),
    });
    this.form = new Form(this.card, () => this.words, () => this.#showTitle());
    this.payment = new Payment({
      slot: new Slot(storage('localStorage')),
      locks: navigator.locks ?? { request: because('no_storage') },
      settle,
      tokenize: (shopper) => this.card.tokenize(shopper),
      configured: () => this.#configured(),
      now: () => this.#config?.serverNow(),
      online: () => navigator.onLine,
      onChange: (_, hint) => this.#changed(hint),
    });
    this.showShop = buildShop(() => this.cart, Object.keys(catalog.items[0].prices), () => this.#choose());
  }

  get #stopped() {
    return new Set(this.#refusedTotals).size > 1;
  }

  get #contact() {
    const phone = this.merchant.phone.replaceAll(' ', '\u00a0').replaceAll('-', '\u2011'); // never broken over lines
    return { email: this.merchant.email, phone };
  }

  get #locale() {
    return elementsLocale(this.words.language, this.words.tag);
  }

  /** Shows everything and takes up what an earlier life of the page left; `asked` is the config under way. */
  open(asked) {
    byId('languages').addEventListener('click', (event) => this.#switchLanguage(event));
    byId('form').addEventListener('submit', (event) => this.#submit(event));
    addEventListener('storage', () => this.payment.sync());
    addEventListener('online', () => this.payment.state === 'unknown' && this.payment.resume());
    addEventListener('pageshow', ({ persisted }) => persisted && this.payment.sync());
    this.#showWords();
    for (const id of ['main', 'footer']) show(byId(id), true);
    show(byId('broken'), false);
    this.payment.sync();
    this.#connect(null, asked);
  }

  /** Asks for the config and shows the card fields; where either fails, says so and offers to try again. */
  #connect = async (_, asked = askConfig()) => {
    this.#notice = null;
    this.#showNotice();
    try {
      this.#config = await asked;
    } catch {
      return this.#warn('no_config', this.#connect);
    }
    const { publishable_key, livemode } = this.#config;
    this.#key ??= publishable_key;
    show(byId('test-mode'), !livemode);
    this.payment.start(this.#config).then((dropped) => dropped && this.#warn('dropped'));
    try {
      await this.card.load(this.#key, this.#locale);
    } catch {
      return this.#warn('no_stripe', this.#connect);
    }
    this.#render();
  };

  /** The config, no older than ten minutes; null when the page's card fields belong to another key. */
  async #configured() {
    if (this.#config.age() > FRESH) this.#config = await askConfig().catch(because('no_service'));
    return this.#config.publishable_key === this.#key ? this.#config : null;
  }

  #submit(event) {
    event.preventDefault();
    if (!this.payment.mayPay || this.#stopped) return;
    if (this.#notice?.retry) return byId('retry').focus();
    if (!this.card.ready) return this.#tell('loading');
    if (this.form.validate(this.cart.count)) this.payment.press({ cart: this.cart.order, shopper: this.form.shopper });
  }

  #changed(hint) {
    const { state, detail, elsewhere, busy, settling } = this.payment;
    this.#progress = elsewhere ? 'elsewhere' : hint ?? (busy ? (settling ? 'checking' : state) : '');
    const outcome = state !== this.#shown;
    this.#shown = state;
    if (outcome) {
      if (state === 'declined' || state === 'paid') this.form.clearCard();
      if (state === 'tokenizing') this.form.hideSummary();
      if (settling) this.cart.restore(detail.cart);
      else if (detail.found) this.cart.restore({ ...detail.cart, total: null }); // at today's prices
      if (detail.code === 'total_changed' && detail.total) this.#takeTotal(detail.total);
    }
    this.#render(outcome);
    if (outcome && detail.field) this.form.blame(detail.field);
  }

  /** The server's total is the one that counts: shown at once, then with the price list it comes from. */
  async #takeTotal(total) {
    this.#refusedTotals.push(total);
    this.cart.corrected = total;
    const { order } = this.cart;
    const fresh = await this.reloadCatalog().catch(() => null);
    if (!fresh) return;
    this.cart = new Cart(fresh, order.currency);
    this.cart.restore(order);
    this.#render();
  }

  #choose() {
    this.#refusedTotals = [];
    this.cart.keep(storage('sessionStorage'));
    this.form.cartChanged(this.cart.count);
    this.#render();
    say(byId('said'), `${this.words.say('summary.total')}: ${this.words.money(this.cart.total, this.cart.currency)}`);
  }

  #renew = () => {
    this.cart = new Cart(this.cart.catalog, this.cart.currency);
    this.#choose();
    this.payment.renew();
    byId('title').focus();
  };

  async #switchLanguage(event) {
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    this.words = await this.speak(link.lang);
    history.replaceState(null, '', link.getAttribute('href'));
    this.card.speak(this.#locale);
    this.#showWords();
  }

  #warn(key, retry) {
    this.#notice = { key, retry };
    this.#showNotice();
    say(byId('alert'), this.words.say(`notice.${key}`));
  }

  #showNotice() {
    const notice = byId('notice');
    show(notice, Boolean(this.#notice));
    if (!this.#notice) return notice.replaceChildren();
    const { key, retry } = this.#notice;
    const { words } = this;
    const help = [make('p', { class: 'hint' }, words.say('notice.contact', this.#contact)), make('button', { type: 'button', id: 'retry', onclick: retry }, words.say('notice.retry'))];
    notice.replaceChildren(make('p', {}, words.say(`notice.${key}`)), ...(retry ? help : []));
  }

  #showTitle() {
    showTitle(this.words, { payment: this.payment, merchant: this.merchant, errors: this.form.hasErrors });
  }

  /** Progress in words: where the shopper looks, and for those who listen. */
  #tell(progress) {
    const told = progress ? this.words.say(`progress.${progress}`) : '';
    for (const node of [byId('progress'), byId('said'), ...document.querySelectorAll('#outcome .progress')]) say(node, told);
  }

  /** Shows the present state; of a new `outcome` the heading takes the focus. */
  #render(outcome = false) {
    const { words, cart, payment, merchant } = this;
    const { state, busy, settling } = payment;
    const paid = state === 'paid';
    show(byId('shop'), !paid);
    show(byId('receipt'), paid);
    show(byId('choose'), !settling);
    show(byId('form'), !settling);
    this.showShop(words, busy);
    showSummary(cart, words);
    this.#showNotice();
    const heading = showOutcome(words, { payment, cart, stopped: this.#stopped, contact: this.#contact, again: () => this.card.focus('number') });
    if (paid) showReceipt(words, payment.detail.receipt, { cart, merchant, contact: this.#contact, renew: this.#renew });
    this.#showTitle();
    this.#showPay(busy);
    this.#tell(this.#progress);
    if (!outcome) return;
    say(byId('alert'), heading && !paid ? heading.textContent : '');
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView();
  }

  #showPay(busy) {
    const { words, cart } = this;
    const pay = byId('pay');
    const amount = cart.count ? words.money(cart.total, cart.currency) : '';
    show(pay, !this.#stopped);
    say(pay, busy ? words.say('form.busy') : words.say('form.pay', { amount }).trim());
    if (busy || !this.card.ready) pay.setAttribute('aria-disabled', 'true');
    else pay.removeAttribute('aria-disabled');
  }

  #showWords() {
    const { words, merchant } = this;
    document.documentElement.lang = words.lang;
    for (const node of document.querySelectorAll('[data-words]')) say(node, words.say(node.dataset.words));
    for (const node of document.querySelectorAll('[data-words-label]')) node.setAttribute('aria-label', words.say(node.dataset.wordsLabel));
    for (const node of document.querySelectorAll('[data-merchant]')) say(node, words.pick(merchant[node.dataset.merchant]));
    for (const link of byId('languages').children) {
      if (link.lang === words.language) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    say(byId('country'), words.country(merchant.country));
    const [mail, phone] = [byId('mail'), byId('phone')];
    [mail.href, phone.href] = [`mailto:${merchant.email}`, `tel:${merchant.phone.replace(/[^+\d]/g, '')}`];
    say(mail, merchant.email);
    say(phone, merchant.phone);
    this.form.show();
    this.#render();
  }
}
