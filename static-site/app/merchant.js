// What merchant.json tells of the shop. Nothing in it is needed to pay: what is missing is left out.
import { byId, make, say, show } from './words.js';

const telephone = (phone) => `tel:${phone.replace(/[^+\d]/g, '')}`;

export const read = (json) => (typeof json === 'object' && json !== null ? json : {});

/** `e-mail, telephone`, or nothing. */
const ways = ({ email, phone }) => [email, phone].filter(Boolean).join(', ');

/** A sentence, or null where the shop names no way to reach it. */
export const contactText = (words, merchant) => (ways(merchant) ? words.say('contact', { ways: ways(merchant) }) : null);

/** Name, e-mail and telephone, set apart. */
export function contactLinks({ name, email, phone }) {
  const parts = [name, email && make('a', { href: `mailto:${email}` }, email), phone && make('span', { class: 'phone' }, phone)].filter(Boolean);
  return parts.flatMap((part, n) => (n ? [', ', part] : [part]));
}

export function showMerchant(merchant, words) {
  document.documentElement.lang = words.lang;
  for (const node of document.querySelectorAll('[data-merchant]')) say(node, words.pick(merchant[node.dataset.merchant]));
}

export function showFooter(merchant, words) {
  say(byId('country'), words.say(`country.${merchant.country}`));
  const links = { mail: merchant.email && `mailto:${merchant.email}`, phone: merchant.phone && telephone(merchant.phone) };
  for (const [id, href] of Object.entries(links)) {
    show(byId(id), href);
    if (href) byId(id).href = href;
  }
}
