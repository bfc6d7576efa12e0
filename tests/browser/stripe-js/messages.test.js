import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, languageOf, wordsOf } from '../../../local/sandbox/js/messages.js';

const keys = (words, prefix = '') =>
  Object.entries(words).flatMap(([key, value]) => (typeof value === 'object' ? keys(value, `${key}.`) : `${prefix}${key}`));

const texts = (words) => Object.values(words).flatMap((value) => (typeof value === 'object' ? texts(value) : value));

test('every language has every word', () => {
  assert.deepEqual(known, ['en', 'fr', 'es', 'zh']);
  for (const language of known) {
    assert.deepEqual(keys(wordsOf(language)), keys(wordsOf('en')), language);
    for (const text of texts(wordsOf(language))) assert.ok(text.trim(), language);
  }
});

test('nothing but placeholders is left in English', () => {
  for (const language of ['fr', 'es', 'zh']) {
    const { placeholder: _, ...rest } = wordsOf(language);
    const { placeholder: __, ...english } = wordsOf('en');
    const same = texts(rest).filter((text) => texts(english).includes(text));
    assert.deepEqual(same, [], language);
  }
});

test('a locale finds its language, auto the browser’s, anything else English', () => {
  assert.equal(languageOf('fr-CA', 'en-US'), 'fr');
  assert.equal(languageOf('zh-HK', 'en-US'), 'zh');
  assert.equal(languageOf('es-419', 'en-US'), 'es');
  assert.equal(languageOf('auto', 'fr-FR'), 'fr');
  assert.equal(languageOf('auto', 'tr'), 'en');
  assert.equal(languageOf('de', 'fr'), 'en');
  assert.equal(languageOf('constructor', 'fr'), 'en');
});
