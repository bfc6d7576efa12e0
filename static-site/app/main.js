// The page: brings the parts together and shows the present state of all of them, whenever one changes.
import { CardFields } from './card.js';
import { Cart } from './cart.js';
import { Slot } from './checkout.js';
import { config as askConfig, settle } from './client.js';
import { byId, make, say, show } from './dom.js';
import { Form } from './form.js';
import { showOutcome, showReceipt, showTitle } from './outcome.js';
import { Payment } from './payment.js';
import { buildShop, showSummary } from './shop.js';
import { chooseLanguage, elementsLocale, loadWords, regionalTag } from './words.js';

const FRESH = 10 * 60_000; // an older config is asked for again before a payment

const json = async (path, options) => {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

/** The browser's storage; where it is forbidden, one that keeps nothing, so that no payment starts. */
function storage(name) {
  try {
    return window[name];
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
}

let asked = askConfig();
asked.catch(() => {}); // it is looked at below
const [catalog, merchant] = await Promise.all([json('catalog.json'), json('merchant.json')]);
const speak = (language) => loadWords(language, regionalTag(language, navigator.languages, merchant.country));
let words = await speak(chooseLanguage(location.search, navigator.languages));

let cart = new Cart(catalog, merchant.currency);
cart.recall(storage('sessionStorage'));
let config = null; // the newest answer of /api/config
let usedKey = null; // the publishable key that the card fields were made with
let notice = null; // {key, retry?}
let refusedTotals = [];
let progress = '';

const contact = { email: merchant.email, phone: merchant.phone };
const locale = () => elementsLocale(words.language, words.tag);
const stopped = () => new Set(refusedTotals).size > 1;

const card = new CardFields({
  onChange: (field) => form.cardChanged(field),
  onLeave: (field) => form.cardLeft(field),
  onBrand: (brand) => form.showBrand(brand),
  onBroken: () => showNotice('no_stripe', connect),
});
const form = new Form(card, () => words, () => title());
const payment = new Payment({
  slot: new Slot(storage('localStorage')),
  locks: navigator.locks ?? { request: () => Promise.reject(Object.assign(new Error('no Web Locks'), { code: 'no_storage' })) },
  settle,
  tokenize: (shopper) => card.tokenize(shopper),
  configured,
  now: () => config?.serverNow(),
  online: () => navigator.onLine,
  onChange,
});

/** The config, no older than ten minutes; null when the page's card fields belong to another key. */
async function configured() {
  if (!config || config.age() > FRESH) {
    config = await askConfig().catch(() => {
      throw Object.assign(new Error('no config'), { code: 'no_service' });
    });
  }
  return config.publishable_key === usedKey ? config : null;
}

let last = 'idle';
function onChange(_, hint) {
  progress = payment.elsewhere ? 'elsewhere' : hint === 'waiting' ? 'waiting' : payment.busy ? payment.state : '';
  const { state, detail } = payment;
  if (hint !== 'waiting' && state !== last) {
    last = state;
    if (state === 'declined' || state === 'paid') form.clearCard();
    if (state === 'tokenizing') form.hideSummary();
    if (detail.cart && (state === 'declined' || payment.settling)) cart.restore(detail.cart);
    if (state === 'not_attempted' && detail.code === 'total_changed' && detail.total) takeTotal(detail.total);
    render(true);
    if (state === 'idle' && detail.field) form.blame(detail.field);
    if (state === 'not_attempted' && detail.param === 'receipt_email') form.blame('field.email.wrong');
  } else {
    render();
  }
}

/** The server's total is the one that counts: shown at once, then with the price list it comes from. */
async function takeTotal(total) {
  refusedTotals.push(total);
  cart.corrected = total;
  const order = cart.order;
  const fresh = await json('catalog.json', { cache: 'reload' }).catch(() => null);
  if (!fresh) return;
  cart = new Cart(fresh, order.currency);
  cart.restore(order);
  render();
}

function choose() {
  refusedTotals = [];
  cart.keep(storage('sessionStorage'));
  form.cartChanged(cart.count);
  render();
  say(byId('said'), `${words.say('summary.total')}: ${words.money(cart.total, cart.currency)}`);
}

function title() {
  showTitle(words, { payment, merchant, errors: form.hasErrors });
}

function showNotice(key, retry) {
  notice = { key, retry };
  render();
}

function renderNotice() {
  show(byId('notice'), Boolean(notice));
  if (!notice) return;
  const { key, retry } = notice;
  byId('notice').replaceChildren(
    make('p', {}, words.say(`notice.${key}`)),
    ...(retry ? [make('p', { class: 'hint' }, words.say('notice.contact', contact)), make('button', { type: 'button', id: 'retry', onclick: retry }, words.say('notice.retry'))] : []),
  );
}

function render(outcome = false) {
  const { state, busy, settling } = payment;
  const paid = state === 'paid';
  show(byId('shop'), !paid);
  show(byId('receipt'), paid);
  show(byId('choose'), !settling);
  show(byId('form'), !settling);
  showShop(words, busy);
  showSummary(cart, words);
  renderNotice();
  const heading = showOutcome(words, { payment, cart, stopped: stopped(), contact });
  if (paid) showReceipt(words, payment.detail.receipt, { cart, merchant, renew });
  title();
  const pay = byId('pay');
  show(pay, !stopped());
  say(pay, busy ? words.say('form.busy') : words.say('form.pay', { amount: cart.count ? words.money(cart.total, cart.currency) : '' }).trim());
  if (busy || !card.ready) pay.setAttribute('aria-disabled', 'true');
  else pay.removeAttribute('aria-disabled');
  say(byId('progress'), progress ? words.say(`progress.${progress}`) : '');
  if (outcome && heading) {
    say(byId('alert'), paid ? '' : heading.textContent);
    heading.focus();
    heading.scrollIntoView({ block: 'nearest' });
  } else if (outcome) say(byId('alert'), '');
}

function renew() {
  cart = new Cart(cart.catalog, cart.currency);
  payment.renew();
  byId('title').focus();
}

function renderWords() {
  document.documentElement.lang = words.tag;
  for (const node of document.querySelectorAll('[data-words]')) say(node, words.say(node.dataset.words));
  for (const node of document.querySelectorAll('[data-words-label]')) node.setAttribute('aria-label', words.say(node.dataset.wordsLabel));
  for (const node of document.querySelectorAll('[data-merchant]')) {
    const text = merchant[node.dataset.merchant];
    say(node, typeof text === 'string' ? text : words.pick(text));
  }
  for (const link of byId('languages').children) {
    if (link.lang === words.language) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  say(byId('country'), words.country(merchant.country));
  form.show();
  render();
}

async function switchLanguage(event) {
  const link = event.target.closest('a');
  if (!link) return;
  event.preventDefault();
  words = await speak(link.lang);
  history.replaceState(null, '', link.getAttribute('href'));
  card.speak(locale());
  renderWords();
}

/** Asks for the config and shows the card fields; where either fails, says so and offers to try again. */
async function connect() {
  notice = null;
  renderNotice();
  try {
    config = await (asked ?? askConfig());
  } catch {
    return showNotice('no_config', connect);
  } finally {
    asked = null;
  }
  usedKey ??= config.publishable_key;
  show(byId('test-mode'), !config.livemode);
  if ((await payment.start(config)) === 'dropped') showNotice('dropped');
  try {
    await card.load(config.publishable_key, locale());
    render();
  } catch {
    showNotice('no_stripe', connect);
  }
}

const showShop = buildShop(() => cart, Object.keys(catalog.items[0].prices), choose);
byId('mail').href = `mailto:${merchant.email}`;
byId('phone').href = `tel:${merchant.phone.replace(/[^+\d]/g, '')}`;
say(byId('mail'), merchant.email);
say(byId('phone'), merchant.phone);
byId('languages').addEventListener('click', switchLanguage);
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!payment.mayPay || !card.ready || stopped()) return;
  if (form.validate(cart.count)) payment.press({ cart: cart.order, shopper: form.shopper });
});
addEventListener('storage', () => payment.sync());
addEventListener('online', () => payment.state === 'unknown' && payment.resume());
addEventListener('pageshow', ({ persisted }) => persisted && payment.sync());
renderWords();
show(byId('main'), true);
connect();
