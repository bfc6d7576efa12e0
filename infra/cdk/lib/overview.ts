import { Aws } from 'aws-cdk-lib';
import type { WatchProps } from './watch.ts';

type Metric = readonly (string | Readonly<Record<string, string>>)[];

/** The dashboard's body: six widgets, two in a row. */
export function overview({ settings, api, site, payments }: WatchProps): string {
  const till = (name: string, options?: Record<string, string>): Metric => [
    ...['Till', name, 'Stage', settings.Stage],
    ...(options ? [options] : []),
  ];
  const lambda = (name: string, options?: Record<string, string>): Metric => [
    ...['AWS/Lambda', name, 'FunctionName', payments.function.functionName],
    ...(options ? [options] : []),
  ];
  const http = (name: string): Metric => ['AWS/ApiGateway', name, 'ApiId', api.apiId];
  const sum = { stat: 'Sum' };
  const widgets: { title: string; metrics: Metric[]; stat?: string; stacked?: boolean }[] = [
    {
      title: 'Outcomes',
      ...sum,
      stacked: true,
      metrics: [
        ...['Paid', 'Declined', 'RequiresAction', 'NotAttempted', 'Unknown', 'Unasked'].map((name) => till(name)),
        till('AuthenticationDeclined', { yAxis: 'right' }),
      ],
    },
    {
      title: 'Stripe: milliseconds and attempts of a payment',
      metrics: [
        till('StripeLatency', { stat: 'p50' }),
        till('StripeLatency', { stat: 'p99' }),
        till('StripeAttempts', { stat: 'Average', yAxis: 'right' }),
      ],
    },
    {
      title: 'Function: milliseconds',
      metrics: [lambda('Duration', { stat: 'p50' }), lambda('Duration', { stat: 'p99' }), till('Start', { stat: 'Maximum' })],
    },
    {
      title: 'Function: runs and failures',
      ...sum,
      metrics: [
        ...['Invocations', 'Errors', 'Throttles'].map((name) => lambda(name)),
        till('Trouble'),
        till('SecretRefresh'),
        lambda('ConcurrentExecutions', { stat: 'Maximum', yAxis: 'right' }),
      ],
    },
    { title: 'API', ...sum, metrics: ['Count', '4xx', '5xx'].map(http) },
    {
      title: 'CloudFront, and what WAF blocked',
      ...sum,
      metrics: [
        ['AWS/CloudFront', 'Requests', 'DistributionId', site.distribution.distributionId, 'Region', 'Global'],
        ['AWS/WAFV2', 'BlockedRequests', 'WebACL', `till-${settings.Stage}`, 'Rule', 'ALL'],
      ],
    },
  ];
  return JSON.stringify({
    widgets: widgets.map((properties, n) => ({
      type: 'metric',
      x: 12 * (n % 2),
      y: 6 * Math.floor(n / 2),
      width: 12,
      height: 6,
      properties: { region: Aws.REGION, period: 300, ...properties },
    })),
  });
}
