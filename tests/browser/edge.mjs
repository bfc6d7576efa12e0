// What CloudFront does between the storefront and a browser: HTTP/2 over TLS, and texts of 1,000 bytes and more compressed.
// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const SMALLEST = 1000; // bytes
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const OF_ONE_HOP = /^(connection|content-length|keep-alive|transfer-encoding)$/;

/** A key and a certificate for a day, by openssl. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'till-edge-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'pipe' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}

/**
 * An edge before the storefront at `origin`: `{page, stop}`. Nobody vouches for its certificate. Its address is of another site than
 * the sandbox's 127.0.0.1, as a shop's is of another than Stripe's: so the card fields' frames run in a process of their own.
 */
export async function startEdge(origin) {
  const server = createSecureServer({ ...certificate(), allowHTTP1: true }, async ({ url, method }, response) => {
    const answer = await fetch(new URL(url, origin), { method });
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !OF_ONE_HOP.test(name)));
    const packed = body.length >= SMALLEST && /text|json|svg/.test(headers['content-type']);
    response.writeHead(answer.status, { ...headers, ...(packed && { 'content-encoding': 'br' }) });
    response.end(packed ? brotliCompressSync(body, QUALITY) : body);
  });
  await new Promise((settle) => server.listen(0, '127.0.0.1', settle));
  return { page: `https://localhost:${server.address().port}`, stop: () => server.close() };
}
