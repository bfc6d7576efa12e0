import { CfnDeletionPolicy, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { OriginVerification } from './origin-verification.ts';
import type { Settings } from './settings.ts';

export interface PaymentsProps {
  readonly settings: Settings;
  /** The zip that `make package` leaves, or the folder with `bootstrap`. */
  readonly code: lambda.Code;
  readonly siteOrigin: string;
  readonly verification: OriginVerification;
}

/** The function, what it may do, its logs, and the secret that waits for Stripe's key. */
export class Payments extends Construct {
  readonly function: lambda.Function;
  /** `live`: the version that payments go to. */
  readonly alias: lambda.Alias;
  readonly stripeSecret: secretsmanager.CfnSecret;
  readonly logs: logs.LogGroup;

  constructor(scope: Construct, id: string, { settings, code, siteOrigin, verification }: PaymentsProps) {
    super(scope, id);
    const name = `till-${settings.Stage}-payments`;
    // Without a value: the key never passes through a template. Secrets Manager keeps a deleted secret for 30 days.
    this.stripeSecret = new secretsmanager.CfnSecret(this, 'StripeSecret', {
      description: `Till ${settings.Stage}: Stripe's secret key as {"secret_key": …}; "payments": "paused" in it stops charging.`,
    });
    this.stripeSecret.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.stripeSecret.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.logs = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${name}`,
      retention: Number(settings.LogRetentionDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new lambda.Function(this, 'Function', {
      functionName: name,
      code,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: 'bootstrap',
      architecture: settings.Architecture === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      memorySize: Number(settings.MemorySize),
      // Beyond the function's own 20 s for Stripe, and before the API gives up.
      timeout: Duration.seconds(25),
      reservedConcurrentExecutions: settings.ReservedConcurrency === 'none' ? undefined : Number(settings.ReservedConcurrency),
      role: role(this, this.stripeSecret.ref, this.logs).withoutPolicyUpdates(),
      tracing: lambda.Tracing.ACTIVE,
      logGroup: this.logs,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: {
        STRIPE_SECRET_ID: this.stripeSecret.ref,
        STRIPE_PUBLISHABLE_KEY: settings.StripePublishableKey,
        STRIPE_API_BASE: settings.StripeApiBase,
        CARD_AUTHENTICATION: settings.CardAuthentication,
        STATEMENT_DESCRIPTOR_SUFFIX: settings.StatementDescriptorSuffix,
        STAGE: settings.Stage,
        SITE_ORIGIN: siteOrigin,
        ORIGIN_VERIFY: verification.accepted,
      },
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    // The version's name is a hash of all of the function's properties, so a changed setting reaches the alias.
    this.alias = new lambda.Alias(this, 'Alias', { aliasName: 'live', version: this.function.currentVersion });
  }

  /** Lets the API call the function on every route of its own. */
  answer(api: apigateway.HttpApi): apigateway.HttpRoute[] {
    const integration = new HttpLambdaIntegration('Payments', this.alias, {
      payloadFormatVersion: apigateway.PayloadFormatVersion.VERSION_2_0,
      scopePermissionToRoute: false,
      timeout: Duration.seconds(29),
    });
    const { GET, POST, ANY } = apigateway.HttpMethod;
    return [
      [GET, '/api/config'] as const,
      [POST, '/api/payments'] as const,
      [POST, '/api/payments/{payment_intent}/confirm'] as const,
      [POST, '/api/payments/void'] as const,
      // So that the function itself answers 404 and 405, with an outcome.
      [ANY, '/api/{proxy+}'] as const,
    ].flatMap(([method, path]) => api.addRoutes({ path, methods: [method], integration }));
  }
}

function role(scope: Construct, stripeSecret: string, logGroup: logs.ILogGroup): iam.Role {
  const allow = (actions: string[], resource: string) => new iam.PolicyStatement({ actions, resources: [resource] });
  return new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      payments: new iam.PolicyDocument({
        statements: [
          allow(['secretsmanager:GetSecretValue'], stripeSecret),
          allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
          // X-Ray's actions take no resource.
          allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
        ],
      }),
    },
  });
}
