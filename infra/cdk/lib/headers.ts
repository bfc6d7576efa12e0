import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

interface Header {
  readonly name: string;
  readonly value: string;
}

/** A response headers policy with what infra/headers.json holds, the one source of security headers. */
export function securityHeaders(scope: Construct, name: string): cloudfront.ResponseHeadersPolicy {
  const { headers } = JSON.parse(readFileSync(new URL('../../headers.json', import.meta.url), 'utf8')) as { headers: Header[] };
  const left = new Map(headers.map(({ name, value }) => [name, value]));
  const take = (header: string): string => {
    const value = left.get(header);
    if (value === undefined) throw new Error(`infra/headers.json has no ${header}.`);
    left.delete(header);
    return value;
  };
  const [maxAge, ...flags] = take('Strict-Transport-Security').split(/;\s*/);
  if (take('X-Content-Type-Options') !== 'nosniff') throw new Error('CloudFront knows nosniff only.');
  return new cloudfront.ResponseHeadersPolicy(scope, 'SecurityHeaders', {
    responseHeadersPolicyName: name,
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: take('Content-Security-Policy'), override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: { referrerPolicy: take('Referrer-Policy') as cloudfront.HeadersReferrerPolicy, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(Number(maxAge.replace('max-age=', ''))),
        includeSubdomains: flags.includes('includeSubDomains'),
        preload: flags.includes('preload'),
        override: true,
      },
    },
    customHeadersBehavior: { customHeaders: [...left].map(([header, value]) => ({ header, value, override: true })) },
  });
}
