// What CloudFront does to the bytes on their way: it compresses texts of 1,000 bytes and more. Everything else passes as it is.
// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>
import { createServer } from 'node:http';
import { brotliCompressSync, constants } from 'node:zlib';

const SMALLEST = 1000; // bytes
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/** An edge before the storefront at `origin`: `{page, stop}`. */
export async function startEdge(origin) {
  const server = createServer(async ({ url, method }, response) => {
    const answer = await fetch(new URL(url, origin), { method });
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !/^(connection|content-length|transfer-encoding|date)$/.test(name)));
    const packed = body.length >= SMALLEST && /text|json|svg/.test(headers['content-type']);
    response.writeHead(answer.status, { ...headers, ...(packed && { 'content-encoding': 'br' }) });
    response.end(packed ? brotliCompressSync(body, QUALITY) : body);
  });
  await new Promise((settle) => server.listen(0, '127.0.0.1', settle));
  return { page: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
