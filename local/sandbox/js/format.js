// How a field's digits are written while they are typed, pasted, deleted or filled in. Pure.
import { brandOf, cvcLengths, digitsOf } from './card.js';

const limited = (text, length) => digitsOf(text).slice(0, length);

const fields = {
  cardNumber: {
    read: (text) => limited(text, brandOf(digitsOf(text)).lengths.at(-1)),
    write(digits) {
      let rest = digits;
      const groups = brandOf(digits).groups.map((size) => {
        const group = rest.slice(0, size);
        rest = rest.slice(size);
        return group;
      });
      return groups.filter(Boolean).join(' ');
    },
  },
  cardExpiry: {
    read: readExpiry,
    write: (digits) => (digits.length < 2 ? digits : `${digits.slice(0, 2)} / ${digits.slice(2)}`),
  },
  cardCvc: {
    read: (text, brand) => limited(text, cvcLengths(brand).at(-1)),
    write: (digits) => digits,
  },
};

/** MMYY, or as much of it as there is, from "1/30", "12 / 2030", "2030-12", "1230" and the like. */
function readExpiry(text) {
  const plain = text.normalize('NFKC');
  const [, year, month] = /^\D*20(\d\d)\D+(0?[1-9]|1[0-2])\D*$/.exec(plain) ?? [];
  if (year) return month.padStart(2, '0') + year;
  const [, before, after] = /^\D*(0?[1-9]|1[0-2])\D*20(\d\d)\D*$/.exec(plain) ?? [];
  if (after) return before.padStart(2, '0') + after;
  const [, single, rest] = /^\D*([1-9])[^\d/-]*[/-](.*)$/.exec(plain) ?? [];
  const digits = single ? `0${single}${digitsOf(rest)}` : digitsOf(plain);
  // 2 to 9 can only be a month without its zero, and so can the 1 of 13 to 19.
  const padded = /^([2-9]|1[3-9])/.test(digits) ? `0${digits}` : digits;
  return padded.replace(/^00+/, '0').slice(0, 4);
}

/** The digits in a field's text, at most as many as the field holds; `brand` limits a cardCvc. */
export const read = (type, text, brand) => fields[type].read(text, brand);

/** The digits as the field shows them. */
export const write = (type, digits) => fields[type].write(digits);

/**
 * What an edit makes of a field: `{digits, text, caret}`.
 * `text` and `caret` are the input's after the browser's own edit, `before` the digits ahead of it.
 * Where only a separator was deleted, the digit next to it goes too: it was meant.
 */
export function edit(type, { text, caret, before, inputType, brand }) {
  let digits = read(type, text, brand);
  let place = digitsOf(text.slice(0, caret)).length;
  if (digits === before && text.length < write(type, before).length) {
    if (/^delete.*Backward$/.test(inputType) && place > 0) place -= 1;
    else if (!/^delete.*Forward$/.test(inputType)) place = digits.length;
    digits = read(type, digits.slice(0, place) + digits.slice(place + 1), brand);
  }
  const written = write(type, digits);
  if (caret >= text.length) return { digits, text: written, caret: written.length };
  const zeroAdded = Math.max(0, digits.length - digitsOf(text).length);
  return { digits, text: written, caret: afterDigits(written, place + zeroAdded) };
}

function afterDigits(text, count) {
  let position = 0;
  for (let left = count; left > 0 && position < text.length; position += 1) {
    if (/[0-9]/.test(text[position])) left -= 1;
  }
  return position;
}
