import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formEncode } from '../../../local/sandbox/js/api.js';

test('nested parameters take Stripe’s form encoding; absent ones are left out', () => {
  const form = formEncode({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 1, cvc: undefined },
    billing_details: { name: 'A & B', email: null, address: { postal_code: '' } },
    expand: ['customer'],
  });
  assert.deepEqual([...form], [
    ['type', 'card'],
    ['card[number]', '4242424242424242'],
    ['card[exp_month]', '1'],
    ['billing_details[name]', 'A & B'],
    ['billing_details[address][postal_code]', ''],
    ['expand[0]', 'customer'],
  ]);
  assert.equal(formEncode({ a: { b: 'x=y' } }).toString(), 'a%5Bb%5D=x%3Dy');
});
