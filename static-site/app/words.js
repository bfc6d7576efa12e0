// Words, money and dates in the shopper's language.

export const LANGUAGES = ['en', 'fr', 'es', 'zh'];

const base = (tag) => tag.toLowerCase().split('-')[0];

/** The language: `?lang=` first, then the browser's own wish, then English. */
export function chooseLanguage(search, wishes) {
  const asked = new URLSearchParams(search).get('lang');
  return [asked ?? '', ...wishes].map(base).find((language) => LANGUAGES.includes(language)) ?? 'en';
}

/** The tag for numbers and dates: French is Canada's; otherwise the browser's own region, or the merchant's. */
export function regionalTag(language, wishes, country) {
  if (language === 'fr') return 'fr-CA';
  return wishes.find((tag) => base(tag) === language && tag.includes('-')) ?? `${language}-${country}`;
}

/** The locale for the card fields, one of those that Stripe names. */
export const elementsLocale = (language, tag) => ({ en: tag === 'en-CA' ? 'en-CA' : 'en', fr: 'fr-CA', es: 'es-419', zh: 'zh' })[language];

export class Words {
  constructor(language, tag, entries) {
    Object.assign(this, { language, tag, entries });
    /** As `<html lang>` says it: ours is the simplified script, wherever its reader lives. */
    this.lang = language === 'zh' ? 'zh-Hans' : tag;
  }

  has(key) {
    return key in this.entries;
  }

  /** The words for `key`, `{names}` in them filled from `values`. */
  say(key, values = {}) {
    return (this.entries[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  }

  /** A merchant's or catalogue's own text: in this language, else in English, else as it is in all. */
  pick = (text) => text[this.language] ?? text.en ?? text;

  /** `minor` units, exactly: 1099, 'usd' → "$10.99". Both currencies have two decimals. */
  money(minor, currency) {
    const digits = String(minor).padStart(3, '0');
    return new Intl.NumberFormat(this.tag, { style: 'currency', currency }).format(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
  }

  /** Date and time with the zone; Unix milliseconds. */
  time = (ms) => new Intl.DateTimeFormat(this.tag, { dateStyle: 'long', timeStyle: 'long' }).format(ms);

  country = (code) => new Intl.DisplayNames([this.tag], { type: 'region' }).of(code);
}

export async function loadWords(language, tag) {
  const response = await fetch(`words/${language}.json`);
  if (!response.ok) throw new Error(`words: ${response.status}`);
  return new Words(language, tag, await response.json());
}
