// Till's own binaries for the browser tests: started on free ports, ended by process id.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const startsWithin = 20_000; // ms

/** The storefront and its sandbox: `{page, sandbox, stop}`, the first two being URLs. `env` adds settings. */
export async function startTill(env = {}) {
  const { printed, stop } = await start('till', ['Storefront', 'Sandbox'], env);
  return { page: printed.Storefront, sandbox: printed.Sandbox, stop };
}

/** The sandbox alone: `{sandbox, publishableKey, secretKey, stop}`, the first being its URL. */
export async function startSandbox() {
  const { printed, stop } = await start('sandbox', ['Sandbox', 'Publishable key', 'Secret key'], {});
  return { sandbox: printed.Sandbox, publishableKey: printed['Publishable key'], secretKey: printed['Secret key'], stop };
}

async function start(binary, names, env) {
  const path = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug', binary);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`cargo build --workspace\` first`);
  const child = spawn(path, ['--port', '0'], { cwd: root, env: { ...process.env, ...env } });
  const ended = new Promise((settle) => child.once('exit', settle));
  const stop = async () => {
    child.kill();
    await ended;
  };
  let output = '';
  const printed = await new Promise((settle, fail) => {
    const timer = setTimeout(() => fail(new Error(`${binary} did not start:\n${output}`)), startsWithin);
    child.once('exit', (code) => fail(new Error(`${binary} ended (${code}):\n${output}`)));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = names.map((name) => [name, new RegExp(`^\\s*${name}\\s+(\\S+)\\s`, 'm').exec(output)?.[1]]);
      if (found.some(([, value]) => !value)) return;
      clearTimeout(timer);
      settle(Object.fromEntries(found));
    });
  });
  return { printed, stop };
}
