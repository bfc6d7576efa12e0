import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { securityHeaders } from './headers.ts';
import type { OriginVerification } from './origin-verification.ts';
import type { Settings } from './settings.ts';

export interface SiteProps {
  readonly settings: Settings;
  readonly api: apigateway.IHttpApi;
  readonly verification: OriginVerification;
}

/** The page from a private bucket and `/api/*` from the API, under one address, behind WAF. */
export class Site extends Construct {
  readonly bucket: s3.Bucket;
  readonly distribution: cloudfront.Distribution;
  /** Scheme and host that shoppers see. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { settings, api, verification }: SiteProps) {
    super(scope, id);
    const name = `till-${settings.Stage}`;
    // What is in it is also in the repository: nothing is lost with it. CloudFormation refuses to delete it while it is full.
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const domain = settings.DomainName && {
      domainNames: [settings.DomainName],
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', settings.CertificateArn),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      sslSupportMethod: cloudfront.SSLMethod.SNI,
    };
    const every = {
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: securityHeaders(this, name),
    };
    // No error responses of its own: they are the whole distribution's, and would replace the API's 403 and 404.
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: name,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      // To WAF each address is another one, and one machine has a /64 of them: docs/decisions/0027.
      enableIpv6: settings.IPv6 === 'on',
      // North America and Europe: the shoppers are in the United States and Canada.
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      defaultRootObject: 'index.html',
      ...domain,
      webAclId: settings.WebAcl === 'on' ? webAcl(this, name, settings).attrArn : undefined,
      defaultBehavior: {
        ...every,
        origin: origins.S3BucketOrigin.withOriginAccessControl(this.bucket, {
          originAccessControl: new cloudfront.S3OriginAccessControl(this, 'Access', { originAccessControlName: name }),
        }),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      },
      additionalBehaviors: {
        '/api/*': {
          ...every,
          origin: new origins.HttpOrigin(`${api.apiId}.execute-api.${Stack.of(this).region}.${Aws.URL_SUFFIX}`, {
            customHeaders: { 'x-origin-verify': verification.shown },
            keepaliveTimeout: Duration.seconds(60),
            protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            // Beyond the 29 s of the API, so that it is the API that gives up first.
            readTimeout: Duration.seconds(35),
          }),
          allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: forwardedToApi(this, name),
        },
      },
    });
    this.origin = `https://${settings.DomainName || this.distribution.distributionDomainName}`;
  }
}

/**
 * What the function reads of a request, beside method, path and body. CloudFront drops the rest: no cookie, no query string, no header
 * of others reaches the function, and API Gateway gets a Host of its own.
 */
function forwardedToApi(scope: Construct, name: string): cloudfront.OriginRequestPolicy {
  return new cloudfront.OriginRequestPolicy(scope, 'ForwardedToApi', {
    originRequestPolicyName: name,
    headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList('content-type', 'idempotency-key', 'origin', 'till-resend'),
    cookieBehavior: cloudfront.OriginRequestCookieBehavior.none(),
    queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.none(),
  });
}

/** What it blocks gets a 403 without an outcome, which the page takes as unknown; only `malformed` has an answer of its own. */
function webAcl(scope: Construct, name: string, settings: Settings): wafv2.CfnWebACL {
  const visibility = (metricName: string) => ({ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName });
  const perAddress = (what: string, priority: number, limit: string, scopeDownStatement: wafv2.CfnWebACL.StatementProperty) => ({
    name: `${what}-per-address`,
    priority,
    action: { block: {} },
    visibilityConfig: visibility(`${name}-${what}-per-address`),
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit: Number(limit), scopeDownStatement } },
  });
  return new wafv2.CfnWebACL(scope, 'WebAcl', {
    name,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(name),
    customResponseBodies: { unknown: { contentType: 'APPLICATION_JSON', content: UNKNOWN } },
    rules: [
      // First, so that the others need to know one spelling only.
      {
        name: 'odd-paths',
        priority: 0,
        action: { block: {} },
        visibilityConfig: visibility(`${name}-odd-paths`),
        statement: { andStatement: { statements: [ODD, { orStatement: { statements: [{ notStatement: { statement: READ } }, OF_API] } }] } },
      },
      perAddress('requests', 1, settings.RequestsPerAddress, below('/api/')),
      // So that one address cannot test many cards, nor fill the merchant's Dashboard with canceled PaymentIntents.
      perAddress('payments', 2, settings.PaymentsPerAddress, { andStatement: { statements: [POSTED, below('/api/payments')] } }),
      // So that requests that nobody could be charged by do not use up the API's throttles. After the limits, which count them all the same.
      {
        name: 'malformed',
        priority: 3,
        action: { block: { customResponse: { responseCode: 503, customResponseBodyKey: 'unknown', responseHeaders: HEADERS } } },
        visibilityConfig: visibility(`${name}-malformed`),
        statement: { andStatement: { statements: [POSTED, below('/api/payments'), { notStatement: { statement: WITH_CHECKOUT } }] } },
      },
      {
        name: 'common',
        priority: 4,
        overrideAction: { none: {} },
        visibilityConfig: visibility(`${name}-common`),
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } },
      },
    ],
  });
}

/** The function's own (docs/openapi.yaml). It answers so to a re-send without an id, and no other answer is true of each: docs/decisions/0026. */
const UNKNOWN = JSON.stringify({
  outcome: 'unknown',
  error: {
    type: 'api_error',
    code: 'outcome_unknown',
    message: 'It is not known yet whether the card was charged. Send the very same request again, with Till-Resend: true.',
  },
});
const HEADERS: wafv2.CfnWebACL.CustomHTTPHeaderProperty[] = [
  { name: 'cache-control', value: 'no-store' },
  { name: 'retry-after', value: '2' },
  { name: 'x-content-type-options', value: 'nosniff' },
];

/** With the id of a checkout, as functions/payments/src/checkout/id.rs takes it. Spaces around a header's value are no part of it. */
const WITH_CHECKOUT: wafv2.CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    // A header that is missing matches nothing, and so its NOT does.
    fieldToMatch: { singleHeader: { Name: 'idempotency-key' } },
    regexString: String.raw`^\s*[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\s*$`,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
};

function like(regexString: string, fieldToMatch: wafv2.CfnWebACL.FieldToMatchProperty, transformation = 'NONE'): wafv2.CfnWebACL.StatementProperty {
  return { regexMatchStatement: { fieldToMatch, regexString, textTransformations: [{ priority: 0, type: transformation }] } };
}

/**
 * A path that could be read in two ways: with an encoded character, an empty segment, one that begins with a dot, or what no path of ours has. WAF
 * decodes a path once, an HTTP API twice, and cuts it at a `?` that was encoded: docs/decisions/0026. Files may be called as they like.
 */
const ODD = like(String.raw`[^A-Za-z0-9_/.-]|//|/\.`, { uriPath: {} });
const READ = like('^GET$|^HEAD$', { method: {} });
/** CloudFront decodes once as well when it looks for `/api/*`. */
const OF_API = like('^/api|/api/', { uriPath: {} }, 'URL_DECODE');

const POSTED: wafv2.CfnWebACL.StatementProperty = {
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: 'EXACTLY',
    searchString: 'POST',
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
};

/** Paths that begin so, however they are written. */
function below(searchString: string): wafv2.CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString,
      textTransformations: [
        { priority: 0, type: 'URL_DECODE' },
        { priority: 1, type: 'NORMALIZE_PATH' },
      ],
    },
  };
}
