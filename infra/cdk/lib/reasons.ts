import { type Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** What cdk-nag's AwsSolutions pack finds, at which construct, and why it stands. */
const REASONS: readonly (readonly [path: string, rule: string, reason: string])[] = [
  ['OriginVerify', 'SMG4', 'Rotated by deployments, a, ab, ba, b: CloudFront and the function have to change in that order.'],
  ['Payments/StripeSecret', 'SMG4', "Stripe's keys are rolled in its Dashboard; there is no API to roll them by. `make rotate` leads through it."],
  ['Payments/Role', 'IAM5[Resource::*]', "X-Ray's two actions take no resource."],
  [
    'DeploymentRole',
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    "CodeDeploy's own policy, which AWS keeps in step with what CodeDeploy does. Nobody but CodeDeploy takes the role.",
  ],
  ['Api', 'APIG4', 'Shoppers have no accounts. The function takes what came through CloudFront, which WAF and throttles limit.'],
  ['Site/Bucket', 'S1', 'CloudFront alone reads it, and what is in it is public.'],
  ['Site/Distribution', 'CFR1', 'A shopper may be on a journey.'],
  ['Site/Distribution', 'CFR3', "Page views are no business of Till's, and they hold addresses of people; the API logs every request without them."],
];

/** Without an own domain. */
const OWN_CERTIFICATE = "CloudFront's own certificate fixes the oldest TLS version itself; DomainName and CertificateArn raise it to 1.2.";
/** With WebAcl=off. */
const NO_WAF = 'Chosen by WebAcl=off, whose description says what it saves and what it leaves open.';

/** Writes the reasons to the constructs, where cdk-nag looks for them. */
export function giveReasons(stack: Stack, settings: Settings): void {
  const acknowledge = (path: string, rule: string, reason: string): void => {
    const construct = path.split('/').reduce((scope: Construct, id) => scope.node.findChild(id) as Construct, stack);
    Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  };
  for (const [path, rule, reason] of REASONS) acknowledge(path, rule, reason);
  if (!settings.DomainName) acknowledge('Site/Distribution', 'CFR4', OWN_CERTIFICATE);
  if (settings.WebAcl === 'off') acknowledge('Site/Distribution', 'CFR2', NO_WAF);
}
