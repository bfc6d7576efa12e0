import { fileURLToPath } from 'node:url';
import * as lambda from 'aws-cdk-lib/aws-lambda';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The function's code: the zip or folder at `prebuilt` (`-c code=…`, what `make package` leaves), or else built here and
 * now by cargo-lambda, for `architecture` (`arm64` or `x86_64`).
 */
export function functionCode(architecture: string, prebuilt?: string): lambda.Code {
  if (prebuilt) return lambda.Code.fromAsset(prebuilt);
  const folder = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}/target`}/lambda/${architecture}`;
  const flag = architecture === 'arm64' ? '--arm64' : '--x86-64';
  const build = ['cargo', 'lambda', 'build', '--release', '--locked', '--package', 'payments', '--bin', 'payments', flag];
  return lambda.Code.fromCustomCommand(
    `${folder}/payments/bootstrap.zip`,
    [...build, '--output-format', 'zip', '--lambda-dir', folder],
    { commandOptions: { cwd: ROOT } },
  );
}
