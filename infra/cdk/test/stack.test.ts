import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readSettings, type Settings } from '../lib/settings.ts';
import { settings, stack } from './stack.ts';

const template = (given: Partial<Settings> = {}) => Template.fromStack(stack(new App(), given));

test('only us-east-1', () => {
  assert.throws(() => stack(new App(), {}, 'eu-west-1'), /us-east-1 only/);
});

test('all that is wrong with the settings is said at once, with what each is for', () => {
  const given: Record<string, string> = { Stage: 'My Shop', WebAcl: 'maybe', MemorySize: '64', DomainName: 'shop.example.com' };
  assert.throws(
    () => readSettings((name) => given[name]),
    ({ message }: Error) =>
      [
        'StripePublishableKey is missing. The key that begins with pk_',
        'Stage does not look like',
        'WebAcl is one of on, off',
        'MemorySize is a number from 128 to 10240',
        'DomainName and CertificateArn are given together',
      ].every((part) => message.includes(part)),
  );
});

test('a canary needs alarms', () => {
  assert.throws(() => settings({ Deployment: 'Canary10Percent5Minutes', Alarms: 'off' }), /never go back/);
});

test('a canary goes back on alarms, and all at once on none: an alarm that is on must not stop the remedy', () => {
  template({ Deployment: 'Canary10Percent5Minutes' }).hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    AlarmConfiguration: { Enabled: true, Alarms: Match.anyValue() },
  });
  template().hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    AlarmConfiguration: Match.absent(),
  });
});

test('each step of a rotation changes one side only', () => {
  const sides = (OriginVerify: string) => {
    const resources = template({ OriginVerify }).toJSON().Resources as Record<string, { Type: string; Properties: never }>;
    const of = (type: string) => Object.values(resources).find((resource) => resource.Type === type)!.Properties;
    const { DistributionConfig: distribution } = of('AWS::CloudFront::Distribution') as { DistributionConfig: unknown };
    const { Environment: environment } = of('AWS::Lambda::Function') as { Environment: unknown };
    return { sends: JSON.stringify(distribution), accepts: JSON.stringify(environment) };
  };
  const [a, ab, ba, b] = ['a', 'ab', 'ba', 'b'].map(sides);
  assert.equal(a.sends, ab.sends);
  assert.notEqual(a.accepts, ab.accepts);
  assert.notEqual(ab.sends, ba.sends);
  assert.equal(ab.accepts, ba.accepts);
  assert.equal(ba.sends, b.sends);
  assert.notEqual(ba.accepts, b.accepts);
});

test('a payment request without the id of a checkout stops at WAF, and with one it does not', () => {
  const [acl] = Object.values(template().findResources('AWS::WAFv2::WebACL'));
  const rule = (acl.Properties.Rules as { Name: string; Action: unknown; Statement: never }[]).find(({ Name }) => Name === 'malformed')!;
  assert.deepEqual(Object.keys(rule.Action as object), ['Block']);
  const { AndStatement: and } = rule.Statement as { AndStatement: { Statements: Record<string, never>[] } };
  const [{ NotStatement: not }] = and.Statements.filter((one) => 'NotStatement' in one);
  const { Statement: asked } = not as { Statement: { RegexMatchStatement: { FieldToMatch: unknown; RegexString: string } } };
  assert.deepEqual(asked.RegexMatchStatement.FieldToMatch, { SingleHeader: { Name: 'idempotency-key' } });
  const id = new RegExp(asked.RegexMatchStatement.RegexString);
  for (const variant of ['8', '9', 'a', 'b']) assert.match(`01a20e7f-a8c0-7cf7-${variant}59a-d58291474e5e`, id);
  const [first, ...others] = ['01a20e7f-a8c0-7cf7-b59a-d58291474e5e', '6fa459ea-ee8a-4ca4-894e-db77e160355e', '01a20e7f-a8c0-7cf7-c59a-d58291474e5e', ''];
  for (const none of [...others, first.toUpperCase(), `${first},${first}`, `x${first}`, first.replaceAll('-', '')]) assert.doesNotMatch(none, id);
});

test('a path that could be read in two ways stops at WAF first, and one of ours does not', () => {
  const [acl] = Object.values(template().findResources('AWS::WAFv2::WebACL'));
  type Statement = { RegexMatchStatement: { FieldToMatch: unknown; RegexString: string } };
  type Rule = { Name: string; Priority: number; Action: unknown; Statement: { AndStatement: { Statements: [Statement, { OrStatement: unknown }] } } };
  const [first] = (acl.Properties.Rules as Rule[]).sort((a, b) => a.Priority - b.Priority);
  assert.deepEqual([first.Name, first.Action], ['odd-paths', { Block: {} }]);
  const [path] = first.Statement.AndStatement.Statements;
  assert.deepEqual(path.RegexMatchStatement.FieldToMatch, { UriPath: {} });
  const odd = new RegExp(path.RegexMatchStatement.RegexString);
  for (const ours of ['/api/config', '/api/payments', '/api/payments/void', '/api/payments/pi_1Aa/confirm']) assert.doesNotMatch(ours, odd);
  for (const other of ['/api/%2570ayments', '/api/payments%3F%2F..', '/api/payments/../confirm', '/api//payments', '/api/payments;x', '/api\\payments']) {
    assert.match(other, odd);
  }
});

test('no mail address, no subscription', () => {
  template().resourceCountIs('AWS::SNS::Subscription', 0);
  template({ AlarmEmail: 'owner@example.com' }).resourceCountIs('AWS::SNS::Subscription', 1);
});
