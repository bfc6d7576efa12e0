import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OWN_DOMAIN, stack } from './stack.ts';

function watched(): App {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

for (const [name, given] of Object.entries({
  plain: {},
  'with an own domain and a canary': { ...OWN_DOMAIN, Deployment: 'Canary10Percent5Minutes', AlarmEmail: 'owner@example.com' },
  cheap: { WebAcl: 'off', Alarms: 'off', Dashboard: 'off', OriginVerify: 'ab' },
})) {
  test(`cdk-nag finds nothing without a written reason: ${name}`, () => {
    const app = watched();
    stack(app, given);
    app.synth();
  });
}

test('cdk-nag is at work', () => {
  const app = watched();
  new Bucket(stack(app), 'Another');
  assert.throws(() => app.synth(), /Validation failed/);
});
