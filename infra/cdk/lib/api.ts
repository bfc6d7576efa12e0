import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Payments } from './payments.ts';
import type { Settings } from './settings.ts';

/** Neither headers nor bodies, nor who asked. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  functionStatus: '$context.integration.status',
  ms: '$context.responseLatency',
  functionMs: '$context.integrationLatency',
  functionRequestId: '$context.integration.requestId',
  bytes: '$context.responseLength',
  error: '$context.error.messageString',
};

/**
 * The HTTP API behind CloudFront. It begins without routes: the function knows the distribution's address and that one
 * the API's, and `serve` closes what would otherwise be a circle.
 */
export class Api extends Construct {
  readonly http: apigateway.HttpApi;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: Settings,
  ) {
    super(scope, id);
    this.http = new apigateway.HttpApi(this, 'Http', { apiName: `till-${settings.Stage}`, createDefaultStage: false });
  }

  /** Adds the routes, each with its throttle, and a stage that deploys by itself. Returns its access log. */
  serve(payments: Payments): logs.LogGroup {
    const routes = payments.answer(this.http);
    // Under /aws/vendedlogs, where many APIs share one account without filling the log service's resource policy.
    const accessLogs = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/till-${this.settings.Stage}-api`,
      retention: Number(this.settings.LogRetentionDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const rate = Number(this.settings.PaymentsPerSecond);
    const stage = new apigateway.CfnStage(this, 'Stage', {
      apiId: this.http.apiId,
      stageName: '$default',
      autoDeploy: true,
      // Each route that pays has the default, as in the SAM template, where a parameter can be a number nowhere else.
      defaultRouteSettings: { throttlingRateLimit: rate, throttlingBurstLimit: rate, detailedMetricsEnabled: false },
      // The one property that CloudFormation takes as plain JSON: its names are not translated.
      routeSettings: {
        'GET /api/config': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
        // Needs no card, takes up to four requests to Stripe, and can leave a canceled PaymentIntent.
        'POST /api/payments/void': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 5 },
        'ANY /api/{proxy+}': { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
      },
      accessLogSettings: { destinationArn: accessLogs.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
    });
    // Throttles name routes, which have to be there.
    stage.node.addDependency(...routes);
    return accessLogs;
  }
}
