import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edit, read, write } from '../../../local/sandbox/js/format.js';

const shown = (type, text, brand) => write(type, read(type, text, brand));

test('numbers are grouped as they are embossed', () => {
  assert.equal(shown('cardNumber', '4242424242424242'), '4242 4242 4242 4242');
  assert.equal(shown('cardNumber', '378282246310005'), '3782 822463 10005');
  assert.equal(shown('cardNumber', '36227206271667'), '3622 720627 1667');
  assert.equal(shown('cardNumber', '6205500000000000004'), '6205 5000 0000 0000 004');
  assert.equal(shown('cardNumber', '42424'), '4242 4');
  assert.equal(shown('cardNumber', '4242'), '4242');
});

test('numbers take any separator and no digit too many', () => {
  assert.equal(shown('cardNumber', ' 4242-4242.4242 4242 '), '4242 4242 4242 4242');
  assert.equal(shown('cardNumber', '42424242424242425'), '4242 4242 4242 4242');
  assert.equal(shown('cardNumber', '3782822463100051'), '3782 822463 10005');
});

const expiries = {
  '': '', 0: '0', 1: '1', 2: '02 / ', 9: '09 / ', 10: '10 / ', 12: '12 / ', 13: '01 / 3', 19: '01 / 9', '00': '0',
  '1/': '01 / ', '1/3': '01 / 3', '1/30': '01 / 30', '12/30': '12 / 30', '12-30': '12 / 30', '12 / 30': '12 / 30',
  1230: '12 / 30', '12 / 305': '12 / 30', '12/2030': '12 / 30', '012030': '01 / 30', '1/2030': '01 / 30',
  '2030-12': '12 / 30', '2030-1': '01 / 30', '12 / 20': '12 / 20', '１２／３０': '12 / 30',
};

test('expiry dates are read however they are written', () => {
  for (const [text, expected] of Object.entries(expiries)) assert.equal(shown('cardExpiry', text), expected, text);
});

test('security codes are as long as the brand allows', () => {
  assert.equal(shown('cardCvc', '12345', 'visa'), '123');
  assert.equal(shown('cardCvc', '12345', 'amex'), '1234');
  assert.equal(shown('cardCvc', '12345', 'unknown'), '1234');
});

// `|` marks the caret. Where `edit` gets the text after the browser's own edit.
function edited(type, before, after, inputType) {
  const caret = after.indexOf('|');
  const result = edit(type, { text: after.replace('|', ''), caret, before, inputType });
  assert.equal(result.text, write(type, result.digits));
  return `${result.text.slice(0, result.caret)}|${result.text.slice(result.caret)}`;
}

test('the caret stays beside the digit that was typed or deleted', () => {
  assert.equal(edited('cardNumber', '4242', '42425|', 'insertText'), '4242 5|');
  assert.equal(edited('cardNumber', '42424242', '42942| 4242', 'insertText'), '4294 2|424 2');
  assert.equal(edited('cardNumber', '42424242', '42| 4242', 'deleteContentBackward'), '42|42 42');
  assert.equal(edited('cardExpiry', '123', '12 / 34|', 'insertText'), '12 / 34|');
  assert.equal(edited('cardExpiry', '1', '12|', 'insertText'), '12 / |');
  assert.equal(edited('cardExpiry', '', '5|', 'insertText'), '05 / |');
});

test('deleting a separator deletes the digit beside it', () => {
  assert.equal(edited('cardNumber', '42425678', '4242|5678', 'deleteContentBackward'), '424|5 678');
  assert.equal(edited('cardNumber', '42425678', '4242|5678', 'deleteContentForward'), '4242| 678');
  assert.equal(edited('cardExpiry', '12', '12 /|', 'deleteContentBackward'), '1|');
  assert.equal(edited('cardExpiry', '12', '12 |', 'deleteWordBackward'), '1|');
});

test('pasting the same number without its separators changes nothing', () => {
  assert.equal(edited('cardNumber', '42425678', '42425678|', 'insertFromPaste'), '4242 5678|');
});
