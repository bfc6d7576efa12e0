// What the shopper types, other than the card: read, checked, and told in words how to put it right.

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const ZIP = /^\d{5}(-?\d{4})?$/;
const CANADIAN = /^([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])(\d[ABCEGHJ-NPRSTV-Z]\d)$/;

/** `94107`, `94107-1234`, `k1a0b1`, `K1A 0B1` → `{postal_code, country}` as Stripe is told; null if it is neither country's. */
export function readPostalCode(text) {
  const plain = text.toUpperCase().replace(/[\s-]/g, '');
  if (ZIP.test(plain)) return { postal_code: plain.length > 5 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain, country: 'US' };
  const canadian = CANADIAN.exec(plain);
  return canadian ? { postal_code: `${canadian[1]} ${canadian[2]}`, country: 'CA' } : null;
}

/** Field name → the word key of what is wrong with its value, or null. */
export const CHECKS = {
  email: (value) => (!value.trim() ? 'field.email.empty' : EMAIL.test(value.trim()) && value.trim().length <= 254 ? null : 'field.email.wrong'),
  name: (value) => (value.trim() ? null : 'field.name.empty'),
  postal: (value) => (!value.trim() ? 'field.postal.empty' : readPostalCode(value) ? null : 'field.postal.wrong'),
};

/** Field names in the order in which they stand on the page. */
export const ORDER = ['cart', 'email', 'name', 'number', 'expiry', 'cvc', 'postal'];

/** Stripe.js's error codes → the word key to show; their texts are never shown. */
export const CARD_ERRORS = {
  incomplete_number: 'field.number.wrong',
  invalid_number: 'field.number.wrong',
  incorrect_number: 'field.number.wrong',
  incomplete_expiry: 'field.expiry.wrong',
  invalid_expiry_month: 'field.expiry.wrong',
  invalid_expiry_year: 'field.expiry.wrong',
  invalid_expiry_month_past: 'field.expiry.past',
  invalid_expiry_year_past: 'field.expiry.past',
  incomplete_cvc: 'field.cvc.wrong',
  invalid_cvc: 'field.cvc.wrong',
  incorrect_cvc: 'field.cvc.wrong',
};

/** The card field that an error's word key belongs to. */
export const fieldOf = (key) => key.split('.')[1];
