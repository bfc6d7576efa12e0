import { Aws, Duration } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { overview } from './overview.ts';
import type { Payments } from './payments.ts';
import type { Settings } from './settings.ts';
import type { Site } from './site.ts';

export interface WatchProps {
  readonly settings: Settings;
  readonly api: apigateway.IHttpApi;
  readonly apiLogs: logs.ILogGroup;
  readonly site: Site;
  readonly payments: Payments;
}

/** Alarms, who hears of them, and the dashboard. */
export class Watch extends Construct {
  readonly topic?: sns.Topic;
  /** The alarms that send a canary back. What strangers send moves none of them (docs/threat-model.md): or they could keep a remedy out. */
  readonly rollback: cloudwatch.IAlarm[] = [];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { settings } = props;
    if (settings.Dashboard === 'on') {
      new cloudwatch.CfnDashboard(this, 'Overview', { dashboardName: `till-${settings.Stage}`, dashboardBody: overview(props) });
    }
    if (settings.Alarms === 'on') {
      this.topic = topic(this, settings);
      this.alarms(props, new SnsAction(this.topic));
    }
  }

  private alarms({ settings, apiLogs, payments }: WatchProps, tell: SnsAction): void {
    const alarm = (name: string, alarmDescription: string, metric: cloudwatch.IMetric, threshold: number): cloudwatch.Alarm => {
      const alarm = new cloudwatch.Alarm(this, name, {
        alarmName: `till-${settings.Stage}-${name}`,
        alarmDescription,
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(tell);
      return alarm;
    };
    const metric = (namespace: string, metricName: string, dimensionsMap: Record<string, string>, minutes: number) =>
      new cloudwatch.Metric({ namespace, metricName, dimensionsMap, period: Duration.minutes(minutes), statistic: 'Sum' });
    const live = { FunctionName: payments.function.functionName, Resource: `${payments.function.functionName}:live` };
    const till = (metricName: string, minutes: number) => metric('Till', metricName, { Stage: settings.Stage }, minutes);
    const counted = (metricName: string, logGroup: logs.ILogGroup, pattern: string, minutes: number) => {
      const metricNamespace = `Till/${settings.Stage}`;
      const filterPattern = logs.FilterPattern.literal(pattern);
      new logs.MetricFilter(this, metricName, { logGroup, filterPattern, metricNamespace, metricName, metricValue: '1' });
      return metric(metricNamespace, metricName, {}, minutes);
    };

    this.rollback.push(
      alarm('errors', 'The function broke off or ran out of time.', metric('AWS/Lambda', 'Errors', live, 1), 1),
      alarm(
        'latency',
        'One payment in a hundred waits ten seconds or more for Stripe.',
        till('StripeLatency', 5).with({ statistic: 'p99' }),
        10_000,
      ),
      alarm(
        'server-errors',
        'Payments fail: Stripe or the secret is out of reach, payments are paused, or a setting is wrong.',
        counted('Failures', payments.logs, FAILURES, 5),
        5,
      ),
      alarm(
        'unknown',
        'Three payments in a quarter of an hour of which Stripe did not tell the outcome: for some shopper asking again may not settle it.',
        counted('Unanswered', payments.logs, UNANSWERED, 15),
        3,
      ),
    );

    // A flood of whatever kind says nothing of a new version: these send no canary back.
    alarm('throttles', 'Lambda turned payments away for want of concurrency.', metric('AWS/Lambda', 'Throttles', live, 1), 1);
    alarm(
      'api-failures',
      'The API answers 5xx by itself: it cannot call the function, or gets no answer from it.',
      counted('ApiFailures', apiLogs, API_FAILURES, 5),
      5,
    );
    const declines = new cloudwatch.MathExpression({
      expression: 'IF(declined + paid >= 10, 100 * declined / (declined + paid), 0)',
      label: 'Declined (%)',
      period: Duration.hours(1),
      usingMetrics: { declined: till('Declined', 60), paid: till('Paid', 60) },
    });
    alarm('declines', "Half of an hour's cards are declined, of ten or more: somebody may be testing stolen cards.", declines, 50);
    alarm(
      'declined-cards',
      'As many cards are declined in an hour as DeclinesPerHour says: somebody may be testing stolen cards among the sales.',
      till('Declined', 60),
      Number(settings.DeclinesPerHour),
    );
    if (settings.WebAcl === 'on') {
      const blocked = metric('AWS/WAFV2', 'BlockedRequests', { WebACL: `till-${settings.Stage}`, Rule: 'ALL' }, 5);
      alarm('blocked', 'WAF blocks many requests.', blocked, 100);
    }
  }
}

// The function's metrics and API Gateway's count whatever anybody sends. These three count what a shop has to mend.

/** Without the function's settings or its secret, or while payments are paused, a request is answered so; no request brings it about. */
const FAILURES = '{ $.event = "trouble" || $.code = "service_unavailable" || $.code = "stripe_refused" || $.code = "paused" }';

/**
 * Unknown outcomes that Stripe is the reason of. The other codes (in_use, rate_limited, no_trace, other_card, not_settled) are to be had
 * by sending a made-up checkout twice, unmarked and decline_without_intent by sending certain cards, and not_closed without an attempt by sending
 * nothing at all.
 */
const OF_STRIPE = ['no_reply', 'pending', 'ambiguous', 'unforeseen', 'not_closed'].map((code) => `$.code = "${code}"`).join(' || ');
const UNANSWERED = `{ $.outcome = "unknown" && $.attempts > 0 && (${OF_STRIPE}) }`;

/** What the function itself answers is 503 or below. */
const API_FAILURES = '{ $.status = "5*" && $.functionStatus != "503" }';

/** Its messages hold names and numbers only: it is not encrypted, as CloudWatch cannot use AWS's key for it. */
function topic(scope: Construct, settings: Settings): sns.Topic {
  const topic = new sns.Topic(scope, 'Topic', { displayName: `till-${settings.Stage}` });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'AWS:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.StarPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  if (settings.AlarmEmail) topic.addSubscription(new EmailSubscription(settings.AlarmEmail));
  return topic;
}
