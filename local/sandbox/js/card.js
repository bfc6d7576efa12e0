// Card numbers, expiry dates and security codes: brands, checks, and Stripe's validation codes.
// Pure: no DOM, no clock of its own. "Digits" are strings of ASCII digits without separators.

const quads = [4, 4, 4, 4];
const other = { name: 'unknown', lengths: [16], groups: quads, cvc: [3, 4] };
const brands = [
  { name: 'visa', prefix: /^4/, lengths: [16], groups: quads, cvc: [3] },
  {
    name: 'mastercard',
    prefix: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
    lengths: [16],
    groups: quads,
    cvc: [3],
  },
  { name: 'amex', prefix: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: [4] },
  { name: 'discover', prefix: /^(6011|64[4-9]|65)/, lengths: [16], groups: quads, cvc: [3] },
  { name: 'diners', prefix: /^36/, lengths: [14], groups: [4, 6, 4], cvc: [3] },
  { name: 'diners', prefix: /^(30[0-5]|309|3[89])/, lengths: [14, 16], groups: quads, cvc: [3] },
  { name: 'jcb', prefix: /^(352[89]|35[3-8])/, lengths: [16], groups: quads, cvc: [3] },
  { name: 'unionpay', prefix: /^(62|81)/, lengths: [16, 17, 18, 19], groups: [...quads, 3], cvc: [3] },
];

/** The ASCII digits of a text; full-width digits, as Chinese input methods type them, count. */
export const digitsOf = (text) => text.normalize('NFKC').replace(/[^0-9]/g, '');

/** The brand a number begins like: `{name, lengths, groups, cvc}`, name `unknown` if none. */
export const brandOf = (digits) => brands.find((brand) => brand.prefix.test(digits)) ?? other;

/** The lengths of security code a brand's name allows. */
export const cvcLengths = (name) => brands.find((brand) => brand.name === name)?.cvc ?? other.cvc;

/** Whether the check digit of a number is right (ISO/IEC 7812-1, annex B). */
export function luhn(digits) {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/**
 * What is right and wrong with a value: `{complete, error?}`.
 * `error` is a code that is wrong whatever is typed next; a value neither complete nor in error is
 * incomplete, which is shown only once the shopper leaves the field or the page asks for it.
 */
export function checkNumber(digits) {
  const { lengths } = brandOf(digits);
  const complete = lengths.includes(digits.length) && luhn(digits);
  const full = digits.length >= lengths.at(-1);
  return { complete, error: full && !complete ? 'invalid_number' : undefined };
}

/** As `checkNumber`, for MMYY; `now` is a Date in the shopper's own time. */
export function checkExpiry(digits, now) {
  if (digits.length < 4) return { complete: false, error: undefined };
  const { month, year } = expiryOf(digits);
  const thisYear = now.getFullYear();
  let error;
  if (year < thisYear) error = 'invalid_expiry_year_past';
  else if (year > thisYear + 50) error = 'invalid_expiry_year';
  else if (year === thisYear && month < now.getMonth() + 1) error = 'invalid_expiry_month_past';
  return { complete: !error, error };
}

/** As `checkNumber`; `brand` is the name of the card's brand as far as it is known. */
export const checkCvc = (digits, brand) => ({
  complete: cvcLengths(brand).includes(digits.length),
  error: undefined,
});

/** Month and four-digit year of MMYY. */
export const expiryOf = (digits) => ({
  month: Number(digits.slice(0, 2)),
  year: 2000 + Number(digits.slice(2, 4)),
});
