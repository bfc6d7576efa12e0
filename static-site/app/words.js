// Words, money and dates in the shopper's language, and the shop's own words, put onto the page.

new Intl.NumberFormat(); // the first is slow: while other modules are under way

export const LANGUAGES = ['en', 'fr', 'es', 'zh'];

const base = (tag) => tag.split('-')[0];

/** `?lang=` first, then the browser's own wish, then English. */
export function chooseLanguage(search, wishes) {
  return [new URLSearchParams(search).get('lang') ?? '', ...wishes].map(base).find((language) => LANGUAGES.includes(language)) ?? 'en';
}

/** French is Canada's; otherwise the browser's region, or the merchant's. */
export function regionalTag(language, wishes, country) {
  if (language === 'fr') return 'fr-CA';
  return wishes.find((tag) => base(tag) === language && tag.includes('-')) ?? (country ? `${language}-${country}` : language);
}

export class Words {
  #formats = {};

  constructor(language, tag, entries) {
    Object.assign(this, { language, tag, entries });
    /** For `<html lang>`: ours is simplified Chinese everywhere. */
    this.lang = language === 'zh' ? 'zh-Hans' : tag;
    /** For the card fields: one of those that Stripe names. */
    this.locale = { fr: 'fr-CA', es: 'es-419' }[language] ?? language;
  }

  has = (key) => Object.hasOwn(this.entries, key);

  say = (key, values = {}) => (this.entries[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

  pick = (text) => (typeof text === 'string' ? text : (text?.[this.language] ?? text?.en ?? Object.values(text ?? {})[0] ?? ''));

  /** Exactly: 1099, 'usd' → "$10.99". */
  money(minor, currency) {
    const digits = String(minor).padStart(3, '0');
    this.#formats[currency] ??= new Intl.NumberFormat(this.tag, { style: 'currency', currency });
    return this.#formats[currency].format(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
  }

  time = (ms) => new Intl.DateTimeFormat(this.tag, { dateStyle: 'long', timeStyle: 'long' }).format(ms);
}

export const byId = (id) => document.getElementById(id);

/** `make('p', {class: 'hint', onclick}, 'text', child)`; no child for null. */
export function make(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** Changes a text only where it differs, so that live regions speak once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const show = (node, visible) => (node.hidden = !visible);

/** An `aria-` state: true, or absent. */
export function mark(node, state, on) {
  if (on) node.setAttribute(`aria-${state}`, 'true');
  else node.removeAttribute(`aria-${state}`);
}

export function showWords(words) {
  for (const node of document.querySelectorAll('[data-words]')) say(node, words.say(node.dataset.words));
  byId('languages').ariaLabel = words.say('languages');
  for (const link of byId('languages').children) mark(link, 'current', link.lang === words.language);
}

const ways = ({ email, phone }) => [email, phone].filter(Boolean).join(', ');

/** Null where the shop names no way to reach it. */
export const contactText = (words, merchant) => (ways(merchant) ? words.say('contact', { ways: ways(merchant) }) : null);

export function contactLinks({ name, email, phone }) {
  const parts = [name, email && make('a', { href: `mailto:${email}` }, email), phone && make('span', { class: 'phone' }, phone)].filter(Boolean);
  return parts.flatMap((part, n) => (n ? [', ', part] : [part]));
}

export function showMerchant(merchant, words) {
  document.documentElement.lang = words.lang;
  for (const node of document.querySelectorAll('[data-merchant]')) say(node, words.pick(merchant[node.dataset.merchant]));
}

export function showFooter({ country, email, phone }, words) {
  say(byId('country'), words.say(`country.${country}`));
  const links = { mail: email && `mailto:${email}`, phone: phone && `tel:${phone.replace(/[^+\d]/g, '')}` };
  for (const [id, href] of Object.entries(links)) {
    show(byId(id), href);
    byId(id).href = href;
  }
}
