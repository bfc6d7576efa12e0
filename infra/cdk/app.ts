import { App } from 'aws-cdk-lib';
import { functionCode } from './lib/code.ts';
import { readSettings } from './lib/settings.ts';
import { TillStack } from './lib/till-stack.ts';

const app = new App();
const settings = readSettings((name) => app.node.tryGetContext(name));
new TillStack(app, `till-${settings.Stage}`, { settings, code: functionCode(settings.Architecture, app.node.tryGetContext('code')) });
