import { CfnOutput, CfnRule, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Api } from './api.ts';
import { OriginVerification } from './origin-verification.ts';
import { Payments } from './payments.ts';
import { giveReasons } from './reasons.ts';
import type { Settings } from './settings.ts';
import { Site } from './site.ts';
import { Watch } from './watch.ts';

export interface TillStackProps extends StackProps {
  readonly settings: Settings;
  readonly code: lambda.Code;
}

/** One stage of Till, in us-east-1. */
export class TillStack extends Stack {
  constructor(scope: Construct, id: string, { settings, code, ...props }: TillStackProps) {
    super(scope, id, {
      description: 'Till: card payments for a static storefront. One stack is one stage; us-east-1 only.',
      ...props,
      env: { ...props.env, region: props.env?.region ?? 'us-east-1' },
    });
    const region = "Till runs in us-east-1 only, where CloudFront's web ACL and certificate have to be.";
    if (this.region !== 'us-east-1') throw new Error(region);
    new CfnRule(this, 'Region').addAssertion(Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1'), region);

    const verification = new OriginVerification(this, 'OriginVerify', settings.Stage, settings.OriginVerify);
    const api = new Api(this, 'Api', settings);
    const site = new Site(this, 'Site', { settings, api: api.http, verification });
    const payments = new Payments(this, 'Payments', { settings, code, siteOrigin: site.origin, verification });
    const apiLogs = api.serve(payments);
    const watch = new Watch(this, 'Watch', { settings, api: api.http, apiLogs, site, payments });

    const canary = settings.Deployment !== 'AllAtOnce';
    new codedeploy.LambdaDeploymentGroup(this, 'Deployment', {
      alias: payments.alias,
      deploymentConfig: canary
        ? codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES
        : codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
      // An alarm that is on stops a deployment. All at once has nothing to go back to, and may be the remedy.
      alarms: canary ? watch.rollback : [],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: canary },
      role: new iam.Role(this, 'DeploymentRole', {
        assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited')],
      }).withoutPolicyUpdates(),
    });

    giveReasons(this, settings);

    const output = (name: string, description: string, value: string) => new CfnOutput(this, name, { description, value });
    output('SiteUrl', "The shop's address.", site.origin);
    output('DistributionDomain', "Where the own domain's DNS record has to point.", site.distribution.distributionDomainName);
    output('DistributionId', 'For invalidations after an upload of the site.', site.distribution.distributionId);
    output('SiteBucketName', 'Where the site is uploaded to.', site.bucket.bucketName);
    output('StripeSecretArn', "Where Stripe's secret key has to be put.", payments.stripeSecret.ref);
    output('FunctionName', 'The function.', payments.function.functionName);
    output('ApiUrl', 'The API behind CloudFront; it answers 403 to everybody else.', api.http.apiEndpoint);
    if (watch.topic) output('AlarmTopicArn', 'For more subscribers than the e-mail address.', watch.topic.topicArn);
  }
}
