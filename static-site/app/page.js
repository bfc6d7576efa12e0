// Holds the parts of the page, and shows their state whenever one changes.
import { CardFields } from './card.js';
import { CheckoutStore } from './checkout-store.js';
import { Form } from './form.js';
import { Payment } from './payment.js';
import { Cart, buildShop } from './shop.js';
import { Notice, draw, drawTitle, drawWords, progressOf, showBare, showProgress } from './view.js';
import { byId, say, show } from './words.js';

export class Page {
  notice = new Notice();
  progress = null;
  #refusedTotals = new Set();
  #shown;

  constructor({ platform, api, merchant, catalog, readCatalog, speak }) {
    Object.assign(this, { platform, api, merchant, readCatalog, speak });
    this.cart = new Cart(catalog, merchant.currency);
    this.cart.recall(platform.sessionStorage);
    this.card = new CardFields({
      onChange: (field) => {
        this.form.cardChanged(field);
        this.payment.prepare(this.cart.order);
      },
      onLeave: (field) => this.form.cardLeft(field),
      onBrand: (brand) => this.form.showBrand(brand),
      onBroken: () => this.#warn('no_stripe', this.#reconnect),
    });
    this.form = new Form(this.card, () => this.words, () => drawTitle(this));
    this.payment = new Payment({
      ...platform,
      store: new CheckoutStore(platform.localStorage, platform.now),
      send: api.sendUntilKnown,
      tokenize: (shopper) => this.card.tokenize(shopper),
      challenge: (clientSecret) => this.card.challenge(clientSecret),
      configured: api.configured,
      serverNow: api.serverNow,
      onChange: (hint) => this.#changed(hint),
      onDropped: () => this.#warn('dropped'),
    });
    this.#shown = { state: this.payment.state, detail: this.payment.detail };
    this.showShop = buildShop(() => this.cart, () => this.#choose());
  }

  get stopped() {
    return this.#refusedTotals.size > 1;
  }

  open(words) {
    this.words = words;
    byId('languages').addEventListener('click', (event) => this.#switchLanguage(event));
    byId('form').addEventListener('submit', (event) => this.#submit(event));
    addEventListener('storage', () => this.payment.sync());
    addEventListener('online', () => this.payment.settle());
    addEventListener('pageshow', ({ persisted }) => persisted && this.payment.sync().then(() => this.payment.settle()));
    drawWords(this);
    draw(this);
    show(byId('footer'), true);
    this.payment.sync();
  }

  #reconnect = () => this.connect(this.api.config());

  /** `asked` is the config under way. */
  async connect(asked) {
    this.notice.clear();
    draw(this);
    this.card.fetch();
    const config = await asked.catch(() => null);
    if (!config) return this.#warn('no_config', this.#reconnect);
    for (const id of ['test-mode', 'test-link']) show(byId(id), !config.livemode);
    if (config.handles) {
      byId('test-bank').dataset.words = 'test.asks';
      drawWords(this);
    }
    const loading = this.card.load(this.api.key, () => this.words.locale);
    this.payment.start(config);
    try {
      await loading;
    } catch {
      return this.#warn('no_stripe', this.#reconnect);
    }
    draw(this);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.payment.mayPay || this.stopped) return;
    if (this.notice.blocks) byId('retry').focus();
    else if (!this.card.ready) showProgress(this.words, 'loading');
    else if (this.form.validate(this.cart.lines.length)) this.payment.pay({ cart: this.cart.order, shopper: this.form.shopper });
  }

  #changed(hint) {
    const { state, detail } = this.payment;
    this.progress = progressOf(this.payment, hint);
    const isNew = state !== this.#shown.state || detail !== this.#shown.detail;
    this.#shown = { state, detail };
    if (isNew && !this.payment.busy && state !== 'not_attempted') this.#refusedTotals.clear();
    try {
      if (isNew) this.#takeOver(detail);
      draw(this, isNew);
      if (isNew && detail.field) this.form.blame(detail.field);
    } catch (error) {
      showBare(this.words, this);
      throw error;
    }
  }

  /** What an outcome means for the form and the cart. */
  #takeOver(detail) {
    const { state, open } = this.payment;
    if (state === 'declined' || state === 'paid') this.form.clearCard();
    if (state === 'tokenizing') this.form.hideSummary();
    if (open) this.cart.restore(detail.cart);
    else if (detail.found) this.cart.restore({ ...detail.cart, total: null }); // at today's prices
    else if (detail.code === 'total_changed' && detail.total !== undefined) this.#takeTotal(detail);
  }

  /** The server's total at once, then the price list that it comes from. */
  async #takeTotal({ total, currency }) {
    this.#refusedTotals.add(total);
    this.cart.restore({ ...this.cart.order, currency, total });
    const fresh = await this.readCatalog({ cache: 'reload' }).catch(() => this.cart.catalog);
    const { order } = this.cart;
    this.cart = new Cart(fresh, order.currency);
    this.cart.restore(order);
    draw(this);
  }

  #choose() {
    this.#refusedTotals.clear();
    this.cart.keep(this.platform.sessionStorage);
    this.form.cartChanged(this.cart.lines.length);
    draw(this);
    say(byId('said'), `${this.words.say('summary.total')}: ${this.words.money(this.cart.total, this.cart.currency)}`);
  }

  again = () => this.card.focus('number');

  startOver = () => {
    this.cart = new Cart(this.cart.catalog, this.cart.currency);
    this.#choose();
    this.payment.startOver();
    byId('title').focus();
  };

  abandon = () => {
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
    drawWords(this);
    draw(this);
  }

  #warn(key, retry) {
    this.notice.tell(this.words, this.merchant, key, retry);
    draw(this);
  }
}
