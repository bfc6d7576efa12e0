// The 3-D Secure challenge, as the shopper's bank shows it: tells the merchant's page `complete`, `fail` or `cancel`.
import { languageOf, wordsOf } from './messages.js';

const results = ['complete', 'fail', 'cancel'];

const at = (id) => document.getElementById(id);

// An amount in the currency's minor unit, as the locale writes it; in English where that has no words of its own.
function written(amount, currency, locale, language) {
  const tag = locale === 'auto' ? navigator.language : locale;
  const format = new Intl.NumberFormat(tag.startsWith(language) ? tag : language, { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function start({ data: { locale, amount, currency }, ports: [port] }) {
  const tell = (event, detail) => port.postMessage({ event, detail });
  const language = languageOf(locale, navigator.language);
  const { title, text, test, ...labels } = wordsOf(language).challenge;
  document.documentElement.lang = language;
  document.title = title;
  at('title').textContent = title;
  at('text').textContent = text.replace('{amount}', written(amount, currency, locale, language));
  at('test').textContent = test;
  for (const result of results) {
    at(result).textContent = labels[result];
    // After the click has ended: the answer takes the frame away, and with it a click of which the browser still waits to hear.
    at(result).addEventListener('click', () => setTimeout(tell, 0, 'result', result));
  }
  addEventListener('keydown', ({ key }) => key === 'Escape' && tell('result', 'cancel'));
  new ResizeObserver(() => tell('height', document.documentElement.offsetHeight)).observe(document.documentElement);
  // In a frame of another site the word to take the focus may come before the frame is shown, when nothing in it can have it.
  port.onmessage = () => requestAnimationFrame(() => at('title').focus());
  tell('title', title);
  tell('ready');
}

addEventListener('message', function greeted(event) {
  if (event.source !== parent || !event.ports.length) return;
  removeEventListener('message', greeted);
  start(event);
});
