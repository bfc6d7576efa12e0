import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cardFault, declineWords } from '../../../static-site/app/card-errors.js';
import { LANGUAGES, Words, chooseLanguage, regionalTag } from '../../../static-site/app/words.js';

const site = join(import.meta.dirname, '../../../static-site');
const json = (path) => JSON.parse(readFileSync(join(site, path), 'utf8'));
const entries = Object.fromEntries(LANGUAGES.map((language) => [language, json(`words/${language}.json`)]));
const english = entries.en;
const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test('row 25: every key in every language, with the same placeholders, and nothing empty', () => {
  assert.deepEqual(readdirSync(join(site, 'words')).sort(), LANGUAGES.map((language) => `${language}.json`).sort());
  for (const language of LANGUAGES) {
    assert.deepEqual(Object.keys(entries[language]), Object.keys(english), language);
    for (const [key, text] of Object.entries(entries[language])) {
      assert.ok(text.trim(), `${language} ${key}`);
      assert.deepEqual(placeholders(text), placeholders(english[key]), `${language} ${key}`);
    }
  }
});

test('row 25: nothing is left in English', () => {
  const alike = ['country.CA', 'page.error', 'summary.total', 'paid.date', 'paid.contact'];
  for (const language of ['fr', 'es', 'zh']) {
    for (const key of Object.keys(english).filter((one) => !alike.includes(one))) {
      assert.notEqual(entries[language][key], english[key], `${language} ${key}`);
    }
  }
});

test('row 25: the catalogue and the merchant speak every language', () => {
  const { items } = json('catalog.json');
  const merchant = json('merchant.json');
  const texts = [...items.flatMap(({ name, description }) => [name, description]), merchant.tagline, merchant.promise, merchant.delivery, merchant.returns];
  for (const text of texts) assert.deepEqual(Object.keys(text).sort(), [...LANGUAGES].sort());
  assert.ok(`country.${merchant.country}` in english);
});

test('every key is used, and every key that is used exists', () => {
  const page = readFileSync(join(site, 'index.html'), 'utf8');
  const code = readdirSync(join(site, 'app')).map((file) => readFileSync(join(site, 'app', file), 'utf8')).join('\n');
  const built = ['decline.', 'refused.', 'progress.', 'notice.', 'field.', 'country.'];
  for (const key of Object.keys(english)) {
    const used = page.includes(`"${key}"`) || code.includes(`'${key}'`) || built.some((prefix) => key.startsWith(prefix) && code.includes(`\`${prefix}\${`));
    assert.ok(used, `${key} is used nowhere`);
  }
  const named = [...page.matchAll(/data-words="([^"]+)"/g), ...code.matchAll(/say\('([a-z_]+\.[a-z_.]+)'/g)].map(([, key]) => key);
  assert.ok(named.length > 50);
  for (const key of named) assert.ok(key in english, `${key} has no words`);
});

test('row 15: each of Stripe.js’s errors is told at its field, in our words', () => {
  const faults = {
    'field.number.wrong': ['incomplete_number', 'invalid_number', 'incorrect_number'],
    'field.expiry.wrong': ['incomplete_expiry', 'invalid_expiry_month', 'invalid_expiry_year'],
    'field.expiry.past': ['invalid_expiry_month_past', 'invalid_expiry_year_past'],
    'field.cvc.wrong': ['incomplete_cvc', 'invalid_cvc', 'incorrect_cvc'],
  };
  for (const [key, codes] of Object.entries(faults)) for (const code of codes) assert.equal(cardFault(code), key, code);
  for (const key of Object.keys(faults)) assert.ok(key in english, key);
  for (const code of [undefined, 'card_declined', 'processing_error']) assert.equal(cardFault(code), undefined);
});

test('row 9: lost, stolen and fraud, which the function masks, read as a plain decline', () => {
  for (const code of ['lost_card', 'stolen_card', 'fraudulent', 'pickup_card', 'merchant_blacklist', 'restricted_card', 'security_violation']) {
    assert.equal(declineWords({ code, advice: 'contact_issuer' }), 'decline.contact_issuer');
  }
  for (const language of LANGUAGES) {
    const told = Object.entries(entries[language]).filter(([key]) => key.startsWith('decline')).map(([, text]) => text).join(' ');
    assert.doesNotMatch(told, /stolen|lost|fraud|volée|perdue|fraude|robada|perdida|失窃|挂失|丢失|欺诈/i);
  }
});

test('row 3: an unknown outcome is never called failed, uncharged or paid', () => {
  const forbidden = {
    en: /not (been )?charged|no charge|fail|declin|unsuccessful/i,
    fr: /pas été débité|rien n’a été|échou|échec|refus/i,
    es: /no se (le )?ha cobrado|no se cobró|fall|rechaz/i,
    zh: /没有扣款|未扣款|尚未扣款|失败|被拒/,
  };
  const keys = Object.keys(english).filter((key) => key.startsWith('unknown.') || key.startsWith('progress.') || key.startsWith('notice.no') || key.startsWith('stalled.')).filter((key) => key !== 'progress.stalled_closed'); // that one is proved
  assert.ok(keys.length > 12);
  for (const language of LANGUAGES) for (const key of keys) assert.doesNotMatch(entries[language][key], forbidden[language], `${language} ${key}`);
});

test('row 25: the language is ?lang=, else the browser’s wish, else English', () => {
  assert.equal(chooseLanguage('?lang=fr', ['en-US']), 'fr');
  assert.equal(chooseLanguage('', ['de-DE', 'es-MX', 'en']), 'es');
  assert.equal(chooseLanguage('?lang=xx', ['zh-TW']), 'zh');
  assert.equal(chooseLanguage('', ['de']), 'en');
});

test('row 26: money by Intl, exactly', () => {
  const money = (tag, minor, currency) => new Words(tag.split('-')[0], tag, {}).money(minor, currency).replaceAll('\u00a0', ' ');
  assert.equal(money('en-US', 1099, 'usd'), '$10.99');
  assert.equal(money('en-CA', 1099, 'cad'), '$10.99');
  assert.equal(money('en-CA', 1099, 'usd'), 'US$10.99');
  assert.equal(money('fr-CA', 1099, 'cad'), '10,99 $');
  assert.equal(money('fr-CA', 123456789, 'cad'), '1 234 567,89 $');
  assert.equal(money('en-US', 5, 'usd'), '$0.05');
  assert.equal(money('en-US', 0, 'usd'), '$0.00');
  assert.equal(money('en-US', 99999999, 'usd'), '$999,999.99');
});

test('row 26: the region is the browser’s, or the merchant’s; French is Canada’s', () => {
  assert.equal(regionalTag('en', ['fr-FR', 'en-CA'], 'US'), 'en-CA');
  assert.equal(regionalTag('en', ['en'], 'CA'), 'en-CA');
  assert.equal(regionalTag('fr', ['fr-FR'], 'US'), 'fr-CA');
  assert.equal(regionalTag('es', ['en-US'], 'US'), 'es-US');
  assert.deepEqual(LANGUAGES.map((language) => new Words(language, 'en', {}).locale), ['en', 'fr-CA', 'es-419', 'zh']);
});
