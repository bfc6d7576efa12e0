// Shows the state of all its parts whenever one changes.
import { CardFields } from './card.js';
import { Slot, config as askConfig, settle } from './checkout.js';
import { Form } from './form.js';
import { button, hint, showOutcome, showReceipt, showTitle } from './outcome.js';
import { Payment } from './payment.js';
import { Cart, buildShop, showSummary } from './shop.js';
import { Words, byId, chooseLanguage, mark, regionalTag, say, show } from './words.js';

const FRESH = 600_000; // ms

const because = (code) => () => Promise.reject(Object.assign(new Error(code), { code }));

/** Where storage is forbidden, nothing is kept, and no payment starts. */
function storage(name) {
  try {
    return window[name];
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
}

class Page {
  #config;
  #key; // the publishable key that the card fields were made with
  #notice; // {key, retry?}
  #refusedTotals = new Set();
  #progress;
  #shown = 'idle'; // the state last shown

  constructor({ merchant, catalog, speak }) {
    Object.assign(this, { merchant, speak });
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
      challenge: (clientSecret) => this.card.challenge(clientSecret),
      configured: () => this.#configured(),
      now: () => this.#config?.serverNow(),
      online: () => navigator.onLine,
      onChange: (hint) => this.#changed(hint),
    });
    this.showShop = buildShop(() => this.cart, Object.keys(catalog.items[0].prices), () => this.#choose());
  }

  get #stopped() {
    return this.#refusedTotals.size > 1;
  }

  /** `asked` is the config under way. */
  async open(words, asked) {
    this.words = words;
    byId('languages').addEventListener('click', (event) => this.#switchLanguage(event));
    byId('form').addEventListener('submit', (event) => this.#submit(event));
    addEventListener('storage', () => this.payment.sync());
    addEventListener('online', () => this.payment.state === 'unknown' && this.payment.resume());
    addEventListener('pageshow', ({ persisted }) => persisted && this.payment.sync());
    this.#showWords();
    await frame();
    byId('broken').remove();
    show(byId('footer'), true);
    this.payment.sync();
    this.#connect(null, asked);
  }

  #connect = async (_, asked = askConfig()) => {
    this.#notice = null;
    this.#render();
    this.card.fetch();
    try {
      this.#config = await asked;
    } catch {
      return this.#warn('no_config', this.#connect);
    }
    this.#key ??= this.#config.publishable_key;
    for (const id of ['test-mode', 'test-link']) show(byId(id), !this.#config.livemode);
    if (this.#config.handles) {
      byId('test-bank').dataset.words = 'test.asks';
      this.#showWords();
    }
    const loading = this.card.load(this.#key, () => this.words.locale);
    this.payment.start(this.#config).then((dropped) => dropped && this.#warn('dropped'));
    try {
      await loading;
    } catch {
      return this.#warn('no_stripe', this.#connect);
    }
    this.#render();
  };

  /** Null: the card fields are of another key. */
  async #configured() {
    if (this.#config.age() > FRESH) this.#config = await askConfig().catch(because('no_service'));
    return this.#config.publishable_key === this.#key ? this.#config : null;
  }

  #submit(event) {
    event.preventDefault();
    if (!this.payment.mayPay || this.#stopped) return;
    if (this.#notice?.retry) byId('retry').focus();
    else if (!this.card.ready) this.#tell('loading');
    else if (this.form.validate(this.cart.lines.length)) this.payment.press({ cart: this.cart.order, shopper: this.form.shopper });
  }

  #changed(hint) {
    const { state, detail, elsewhere, busy, open } = this.payment;
    this.#progress = elsewhere ? 'elsewhere' : (hint ?? (busy && (open && state !== 'authenticating' ? 'checking' : state)));
    const outcome = state !== this.#shown;
    this.#shown = state;
    if (outcome) {
      if (state === 'declined' || state === 'paid') this.form.clearCard();
      if (state === 'tokenizing') this.form.hideSummary();
      if (open) this.cart.restore(detail.cart);
      else if (detail.found) this.cart.restore({ ...detail.cart, total: null }); // at today's prices
      else if (detail.code === 'total_changed' && detail.total) this.#takeTotal(detail.total);
    }
    this.#render(outcome);
    if (outcome && detail.field) this.form.blame(detail.field);
  }

  /** The server's total at once, then the price list that it comes from. */
  async #takeTotal(total) {
    this.#refusedTotals.add(total);
    this.cart.corrected = total;
    const fresh = await json('catalog.json', { cache: 'reload' }).catch(() => this.cart.catalog);
    const { order, corrected } = this.cart;
    this.cart = new Cart(fresh, order.currency);
    this.cart.restore({ ...order, total: corrected });
    this.#render();
  }

  #choose() {
    this.#refusedTotals.clear();
    this.cart.keep(storage('sessionStorage'));
    this.form.cartChanged(this.cart.lines.length);
    this.#render();
    say(byId('said'), `${this.words.say('summary.total')}: ${this.words.money(this.cart.total, this.cart.currency)}`);
  }

  #renew = () => {
    this.cart = new Cart(this.cart.catalog, this.cart.currency);
    this.#choose();
    this.payment.renew();
    byId('title').focus();
  };

  #abandon = () => {
    this.payment.abandon();
    byId('title').focus();
  };

  async #switchLanguage(event) {
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    this.words = await this.speak(link.lang);
    history.replaceState(null, '', link.getAttribute('href'));
    this.card.speak(this.words.locale);
    this.#showWords();
    this.#render();
  }

  #warn(key, retry) {
    this.#notice = { key, retry };
    this.#render();
    say(byId('alert'), this.words.say(`notice.${key}`));
  }

  #showNotice() {
    const { words } = this;
    const { key, retry } = this.#notice ?? {};
    const notice = byId('notice');
    show(notice, key);
    notice.replaceChildren(key ? words.say(`notice.${key}`) : '');
    if (retry) notice.append(hint(words.say('contact', this.merchant)), button(words.say('notice.retry'), retry, { id: 'retry' }));
  }

  #showTitle() {
    showTitle(this.words, { payment: this.payment, merchant: this.merchant, errors: this.form.hasErrors });
  }

  #tell(progress) {
    const told = progress ? this.words.say(`progress.${progress}`) : '';
    for (const node of document.querySelectorAll('#said, .progress')) say(node, told);
  }

  /** The heading of a new `outcome` takes the focus. */
  #render(outcome) {
    const { words, cart, payment, merchant } = this;
    const { state, busy, open } = payment;
    const paid = state === 'paid';
    show(byId('shop'), !paid);
    show(byId('receipt'), paid);
    for (const id of ['choose', 'form', 'test-cards']) show(byId(id), !open);
    this.showShop(words, busy);
    showSummary(cart, words);
    this.#showNotice();
    const heading = showOutcome(words, { payment, contact: merchant, stopped: this.#stopped, again: () => this.card.focus('number'), abandon: this.#abandon });
    if (paid) showReceipt(words, payment.detail.receipt, { cart, merchant, renew: this.#renew });
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
    const amount = cart.lines.length ? words.money(cart.total, cart.currency) : '';
    const pay = byId('pay');
    show(pay, !this.#stopped);
    say(pay, busy ? words.say('form.busy') : words.say('form.pay', { amount }).trim());
    mark(pay, 'disabled', busy || !this.card.ready);
  }

  #showWords() {
    const { words, merchant } = this;
    showMerchant(merchant, words);
    for (const node of document.querySelectorAll('[data-words]')) say(node, words.say(node.dataset.words));
    byId('languages').ariaLabel = words.say('languages');
    for (const link of byId('languages').children) mark(link, 'current', link.lang === words.language);
    say(byId('country'), words.say(`country.${merchant.country}`));
    byId('mail').href = `mailto:${merchant.email}`;
    byId('phone').href = `tel:${merchant.phone.replace(/[^+\d]/g, '')}`;
    this.form.show();
  }
}

function showMerchant(merchant, words) {
  document.documentElement.lang = words.lang;
  for (const node of document.querySelectorAll('[data-merchant]')) say(node, words.pick(merchant[node.dataset.merchant]));
}

async function json(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const asked = askConfig(); // warms the function, too
asked.catch(() => {}); // told by the page
const { languages } = navigator;
const merchant = json('merchant.json');
const catalog = json('catalog.json');
const wordsIn = async (language, entries) => new Words(language, regionalTag(language, languages, (await merchant).country), entries);
const speak = async (language) => wordsIn(language, await json(`words/${language}.json`));

/** After the next frame; in a hidden tab none comes. */
const frame = () =>
  new Promise((next) => {
    requestAnimationFrame(() => setTimeout(next));
    setTimeout(next, 50);
  });

/** What needs no words, while they are under way. */
async function greet(language) {
  const [shop, words] = [await merchant, await wordsIn(language)];
  showMerchant(shop, words);
  say(byId('title'), words.pick(shop.tagline));
  for (const id of ['languages', 'main']) show(byId(id), true);
  await frame();
  const page = new Page({ merchant: shop, catalog: await catalog, speak });
  await frame();
  return page;
}

try {
  const language = chooseLanguage(location.search, languages);
  const [page, words] = await Promise.all([greet(language), speak(language)]);
  await page.open(words, asked);
} catch (error) {
  byId('broken').classList.remove('late');
  throw error;
}
