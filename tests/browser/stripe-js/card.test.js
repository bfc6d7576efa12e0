import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brandOf, checkCvc, checkExpiry, checkNumber, digitsOf, luhn } from '../../../local/sandbox/js/card.js';

const ok = { complete: true, error: undefined };
const incomplete = { complete: false, error: undefined };
const wrong = (error) => ({ complete: false, error });

const testCards = {
  visa: ['4242424242424242', '4000001240000000', '4000002500003155', '4100000000000019'],
  mastercard: ['5555555555554444', '2223003122003222', '5105105105105100', '2720999999999996'],
  amex: ['378282246310005', '371449635398431'],
  discover: ['6011111111111117', '6011000990139424', '6500000000000002', '6445644564456445'],
  diners: ['3056930009020004', '36227206271667', '30569309025904'],
  jcb: ['3566002020360505', '3530111333300000'],
  unionpay: ['6200000000000005', '6205500000000000004', '8171999927660000'],
};

for (const [brand, numbers] of Object.entries(testCards)) {
  test(`${brand}: brand, length and check digit`, () => {
    for (const number of numbers) {
      assert.equal(brandOf(number).name, brand, number);
      assert.deepEqual(checkNumber(number), ok, number);
      assert.deepEqual(checkNumber(number.slice(0, 12)), incomplete, number);
    }
  });
}

test('a brand is named as soon as its prefix is certain, and not before', () => {
  const names = ['', '3', '37', '4', '5', '51', '56', '222', '2221', '2720', '2721', '6', '65', '62', '9'].map(
    (digits) => brandOf(digits).name,
  );
  assert.deepEqual(names, [
    'unknown', 'unknown', 'amex', 'visa', 'unknown', 'mastercard', 'unknown', 'unknown', 'mastercard', 'mastercard',
    'unknown', 'unknown', 'discover', 'unionpay', 'unknown',
  ]);
});

test('a wrong digit anywhere, or two swapped, break the check digit', () => {
  const number = '4242424242424242';
  for (let place = 0; place < number.length; place += 1) {
    for (const digit of '0123456789') {
      const changed = number.slice(0, place) + digit + number.slice(place + 1);
      assert.equal(luhn(changed), changed === number, changed);
    }
  }
  assert.equal(luhn('4000000000000119'), true);
  assert.equal(luhn('4000000000001019'), false);
  assert.equal(luhn(''), false);
});

test('a full number with a wrong check digit is invalid', () => {
  assert.deepEqual(checkNumber('4242424242424241'), wrong('invalid_number'));
  assert.deepEqual(checkNumber('378282246310006'), wrong('invalid_number'));
});

test('a number that may still grow is incomplete, not invalid', () => {
  assert.deepEqual(checkNumber('30569309025905'), incomplete);
  assert.deepEqual(checkNumber('6200000000000006'), incomplete);
});

test('expiry: the month of today is still good, what is before it is past', () => {
  const now = new Date(2026, 10, 30, 23, 59);
  assert.deepEqual(checkExpiry('1126', now), ok);
  assert.deepEqual(checkExpiry('0127', now), ok);
  assert.deepEqual(checkExpiry('1276', now), ok);
  assert.deepEqual(checkExpiry('1026', now), wrong('invalid_expiry_month_past'));
  assert.deepEqual(checkExpiry('1225', now), wrong('invalid_expiry_year_past'));
  assert.deepEqual(checkExpiry('0177', now), wrong('invalid_expiry_year'));
  assert.deepEqual(checkExpiry('112', now), incomplete);
  assert.deepEqual(checkExpiry('', now), incomplete);
});

test('security code: its length follows the brand', () => {
  assert.deepEqual(checkCvc('123', 'visa'), ok);
  assert.deepEqual(checkCvc('123', 'amex'), incomplete);
  assert.deepEqual(checkCvc('1234', 'amex'), ok);
  assert.deepEqual(checkCvc('12', 'unknown'), incomplete);
  assert.deepEqual([checkCvc('123', 'unknown'), checkCvc('1234', 'unknown')], [ok, ok]);
});

test('digits of a text: separators go, full-width digits stay', () => {
  assert.equal(digitsOf('4242-4242 4242\t4242'), '4242424242424242');
  assert.equal(digitsOf('４２４２'), '4242');
  assert.equal(digitsOf('card'), '');
});
