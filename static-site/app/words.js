// Words, money and dates in the shopper's language.

export const LANGUAGES = ['en', 'fr', 'es', 'zh'];

const base = (tag) => tag.split('-')[0];

/** `?lang=` first, then the browser's own wish, then English. */
export function chooseLanguage(search, wishes) {
  return [new URLSearchParams(search).get('lang') ?? '', ...wishes].map(base).find((language) => LANGUAGES.includes(language)) ?? 'en';
}

/** For numbers and dates: French is Canada's; otherwise the browser's region, or the merchant's. */
export function regionalTag(language, wishes, country) {
  if (language === 'fr') return 'fr-CA';
  return wishes.find((tag) => base(tag) === language && tag.includes('-')) ?? `${language}-${country}`;
}

export const elementsLocale = (language, tag) => ({ en: tag === 'en-CA' ? tag : 'en', fr: 'fr-CA', es: 'es-419', zh: 'zh' })[language];

export class Words {
  constructor(language, tag, entries) {
    Object.assign(this, { language, tag, entries });
    /** For `<html lang>`: ours is simplified Chinese everywhere. */
    this.lang = language === 'zh' ? 'zh-Hans' : tag;
  }

  has = (key) => key in this.entries;

  /** The words for `key`, `{names}` in them filled from `values`. */
  say = (key, values = {}) => this.entries[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /** The merchant's own text, in this language if it can be. */
  pick = (text) => text[this.language] ?? text.en ?? text;

  /** `minor` units, exactly: 1099, 'usd' → "$10.99". Both currencies have two decimals. */
  money(minor, currency) {
    const digits = String(minor).padStart(3, '0');
    return new Intl.NumberFormat(this.tag, { style: 'currency', currency }).format(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
  }

  time = (ms) => new Intl.DateTimeFormat(this.tag, { dateStyle: 'long', timeStyle: 'long' }).format(ms);

  country = (code) => new Intl.DisplayNames([this.tag], { type: 'region' }).of(code);
}
