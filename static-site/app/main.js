// Opens the page: what it needs is loaded at once, side by side; where that fails, the page says so.
import { config } from './client.js';
import { byId, show } from './dom.js';
import { Page } from './page.js';
import { chooseLanguage, loadWords, regionalTag } from './words.js';

async function json(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const asked = config(); // this also warms the function before the shopper presses Pay
asked.catch(() => {}); // told by the page
try {
  const shop = Promise.all([json('catalog.json'), json('merchant.json')]);
  const speak = async (language) => loadWords(language, regionalTag(language, navigator.languages, (await shop)[1].country));
  const [words, [catalog, merchant]] = await Promise.all([speak(chooseLanguage(location.search, navigator.languages)), shop]);
  const page = new Page({ words, catalog, merchant, speak, reloadCatalog: () => json('catalog.json', { cache: 'reload' }) });
  page.open(asked);
} catch (error) {
  byId('broken').classList.remove('late');
  show(byId('broken'), true);
  throw error;
}
