import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS, readPostalCode } from '../../../static-site/app/form.js';

test('row 14: postal codes of both countries, as people type them', () => {
  const cases = [
    ['94107', '94107', 'US'],
    [' 94107 ', '94107', 'US'],
    ['94107-1234', '94107-1234', 'US'],
    ['941071234', '94107-1234', 'US'],
    ['k1a0b1', 'K1A 0B1', 'CA'],
    ['K1A 0B1', 'K1A 0B1', 'CA'],
    ['k1a-0b1', 'K1A 0B1', 'CA'],
  ];
  for (const [typed, postal_code, country] of cases) assert.deepEqual(readPostalCode(typed), { postal_code, country }, typed);
  for (const typed of ['', '9410', '9410A', '94107-12', 'D1A 0B1', 'K1A 0O1', 'W1A 0B1', 'SW1A 1AA']) assert.equal(readPostalCode(typed), null, typed);
});

test('row 15: each fault is told by what to do about it', () => {
  assert.equal(CHECKS.email(''), 'field.email.empty');
  for (const typed of ['ada', 'ada@', 'ada@example', 'a da@example.com', '@example.com', 'ada@example.']) assert.equal(CHECKS.email(typed), 'field.email.wrong', typed);
  for (const typed of ['ada@example.com', ' ada@example.com ', 'ada+till@mail.example.ca', 'ада@пример.рф']) assert.equal(CHECKS.email(typed), null, typed);
  assert.equal(CHECKS.email(`${'a'.repeat(250)}@example.com`), 'field.email.wrong');
  assert.equal(CHECKS.name('  '), 'field.name.empty');
  assert.equal(CHECKS.name('Ōe'), null);
  assert.equal(CHECKS.postal(''), 'field.postal.empty');
  assert.equal(CHECKS.postal('1'), 'field.postal.wrong');
  assert.equal(CHECKS.postal('K1A 0B1'), null);
});
