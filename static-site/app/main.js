// Opens the page: what it needs is under way at once, and what needs no words is shown first.
import { Api } from './api.js';
import { Page } from './page.js';
import { Words, byId, chooseLanguage, regionalTag, say, show, showMerchant } from './words.js';

const storage = (name) => {
  try {
    return window[name];
  } catch {
    return null; // forbidden: nothing is kept, and no payment starts
  }
};

const noLocks = { request: () => Promise.reject(Object.assign(new Error('no Web Locks'), { code: 'no_storage' })) };

/** What the browser gives to the modules that decide. */
const platform = {
  fetch: (...request) => fetch(...request),
  setTimeout: (...timer) => setTimeout(...timer),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => Date.now(),
  ticks: () => performance.now(),
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  locks: navigator.locks ?? noLocks,
  localStorage: storage('localStorage'),
  sessionStorage: storage('sessionStorage'),
  isOnline: () => navigator.onLine,
  report: (error) => reportError(error),
};

async function json(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const api = new Api(platform);
const asked = api.config(); // warms the function, too
asked.catch(() => {}); // told by the page
const { languages } = navigator;
const merchant = json('merchant.json').catch(() => null).then(Object); // nothing of it is needed to pay: what is missing is left out
const readCatalog = (options) => json('catalog.json', options);
const catalog = readCatalog();
const wordsIn = async (language, entries) => new Words(language, regionalTag(language, languages, (await merchant).country), entries);
const speak = async (language) => wordsIn(language, await json(`words/${language}.json`));

/** After the next frame; in a hidden tab none comes. */
const frame = () =>
  new Promise((next) => {
    requestAnimationFrame(() => setTimeout(next));
    setTimeout(next, 50);
  });

async function greet(language) {
  const [shop, words] = [await merchant, await wordsIn(language)];
  showMerchant(shop, words);
  say(byId('title'), words.pick(shop.tagline));
  for (const id of ['languages', 'main']) show(byId(id), true);
  await frame();
  const page = new Page({ platform, api, merchant: shop, catalog: await catalog, readCatalog, speak });
  await frame();
  return page;
}

try {
  const language = chooseLanguage(location.search, languages);
  const [page, words] = await Promise.all([greet(language), speak(language)]);
  page.open(words);
  await frame();
  byId('broken').remove();
  page.connect(asked);
} catch (error) {
  byId('broken').classList.remove('late');
  throw error;
}
