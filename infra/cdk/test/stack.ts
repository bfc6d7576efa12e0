import { fileURLToPath } from 'node:url';
import type { App } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { readSettings, type Settings } from '../lib/settings.ts';
import { TillStack } from '../lib/till-stack.ts';

export const OWN_DOMAIN = {
  DomainName: 'shop.example.com',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
};

/** Settings as `-c Name=value` gives them, on top of the one that has no default. */
export function settings(given: Partial<Settings>): Settings {
  const all: Partial<Settings> = { StripePublishableKey: 'pk_test_51TillTest', ...given };
  return readSettings((name) => all[name as keyof Settings]);
}

/** A stack with these settings; this folder stands for the function. */
export function stack(app: App, given: Partial<Settings> = {}, region?: string): TillStack {
  const code = lambda.Code.fromAsset(fileURLToPath(new URL('.', import.meta.url)));
  return new TillStack(app, 'till', { settings: settings(given), code, env: { region } });
}
