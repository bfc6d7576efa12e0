// Which key may do what, and what a rolled key meets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payment, refusal, startSandbox } from './sandbox.js';

const sandbox = await startSandbox();

test('an unknown key: AuthenticationError', async () => {
  const error = await refusal(sandbox.client('sk_test_unknown').paymentIntents.create(payment()));
  assert.deepEqual([error.type, error.rawType, error.statusCode], ['StripeAuthenticationError', 'invalid_request_error', 401]);
  assert.doesNotMatch(error.message, /sk_test_unknown/);
});

test('the publishable key may not create, list, cancel or read without the client_secret', async () => {
  const { id } = await sandbox.client().paymentIntents.create(payment());
  const browser = sandbox.client(sandbox.publishableKey);
  for (const attempt of [
    () => browser.paymentIntents.create(payment()),
    () => browser.paymentIntents.list(),
    () => browser.paymentIntents.cancel(id),
    () => browser.charges.retrieve('ch_none'),
  ]) {
    const error = await refusal(attempt());
    assert.ok([401, 403].includes(error.statusCode), `status ${error.statusCode}`);
    assert.equal(error.code, 'secret_key_required');
  }
  const read = await refusal(browser.paymentIntents.retrieve(id));
  assert.ok(read.statusCode >= 400 && read.statusCode < 500 && !JSON.stringify(read).includes('_secret_'));
});

test('a restricted key pays', async () => {
  assert.match(sandbox.restrictedKey, /^rk_test_/);
  assert.equal((await sandbox.client(sandbox.restrictedKey).paymentIntents.create(payment())).status, 'succeeded');
});

test('a rolled key has expired; its successor works', async () => {
  const old = sandbox.client();
  const { id } = await old.paymentIntents.create(payment());
  const rolled = await sandbox.control('POST', 'keys/roll');
  assert.notEqual(rolled.secret_key, sandbox.secretKey);
  const error = await refusal(old.paymentIntents.retrieve(id));
  assert.deepEqual([error.type, error.statusCode, error.code], ['StripeAuthenticationError', 401, 'api_key_expired']);
  assert.equal((await sandbox.client(rolled.secret_key).paymentIntents.retrieve(id)).id, id);
});

test('keys differ at every start', async () => {
  const other = await startSandbox();
  assert.notEqual(other.publishableKey, sandbox.publishableKey);
  assert.notEqual(other.secretKey, sandbox.secretKey);
});
