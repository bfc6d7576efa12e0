/**
 * Synthesizes a stack for each of several cases, for tests of the templates.
 * usage: tsx synth.ts OUT CODE < cases     where cases is {name: {setting: value}}; writes OUT/<name>.json and OUT/settings.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { functionCode } from '../lib/code.ts';
import { readSettings, SETTINGS } from '../lib/settings.ts';
import { TillStack } from '../lib/till-stack.ts';

const [out, code] = process.argv.slice(2);
const cases = JSON.parse(readFileSync(0, 'utf8')) as Record<string, Record<string, string>>;
const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
const app = new App({ context, outdir: `${out}/cdk.out` });
const stacks = Object.entries(cases).map(([name, given]) => {
  const settings = readSettings((setting) => given[setting]);
  return new TillStack(app, name, { settings, code: functionCode(settings.Architecture, code) });
});
const assembly = app.synth();
for (const stack of stacks) {
  writeFileSync(`${out}/${stack.stackName}.json`, JSON.stringify(assembly.getStackByName(stack.stackName).template));
}
writeFileSync(`${out}/settings.json`, JSON.stringify(SETTINGS));
