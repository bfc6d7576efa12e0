import { Fn, RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * What CloudFront shows to the function, so that nobody can go around CloudFront: one generated secret, or two while it
 * is rotated. `which` is `a`, `ab`, `ba` or `b`: the first letter is shown, every letter is accepted. A secret never
 * changes while it is in use, and is made anew when its letter comes back.
 */
export class OriginVerification extends Construct {
  /** The value of the header that CloudFront sends, as a dynamic reference. */
  readonly shown: string;
  /** The values that the function accepts, separated by a comma, as dynamic references. */
  readonly accepted: string;

  constructor(scope: Construct, id: string, stage: string, which: string) {
    super(scope, id);
    const value = new Map(
      [...which].sort().map((letter) => {
        const secret = new secretsmanager.CfnSecret(this, letter.toUpperCase(), {
          description: `Till ${stage}: what CloudFront shows to the function, ${letter}.`,
          generateSecretString: { passwordLength: 48, excludePunctuation: true },
        });
        secret.applyRemovalPolicy(RemovalPolicy.DESTROY);
        return [letter, Fn.join('', ['{{resolve:secretsmanager:', secret.ref, ':SecretString}}'])];
      }),
    );
    this.shown = value.get(which[0])!;
    this.accepted = Fn.join(',', [...value.values()]);
  }
}
