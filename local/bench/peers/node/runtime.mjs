// The Runtime API's loop, in the fewest steps. AWS's own client for Node is built from C++ on each machine; this one costs less.
// usage: node runtime.mjs FUNCTION.mjs
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ id: response.headers['lambda-runtime-aws-request-id'], text: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const { handler } = await import(pathToFileURL(process.argv[2]).href);
for (;;) {
  const { id, text } = await call('GET', 'invocation/next');
  const response = await handler(JSON.parse(text));
  await call('POST', `invocation/${id}/response`, JSON.stringify(response));
}
