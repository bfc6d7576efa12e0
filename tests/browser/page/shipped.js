// The site as it is on S3 and CloudFront, at an address of its own.
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from './shopper.js';

export const { headers } = JSON.parse(readFileSync(join(root, 'infra/headers.json'), 'utf8'));

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };
export const SHOP = 'https://shop.example';

/** The site as CloudFront will serve it: the files byte for byte, the headers as they are, Stripe.js at its true address; /api and Stripe answered by the local ones. */
export async function serveAsShipped(context, till, edit = (html) => html) {
  await context.route(`${SHOP}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.startsWith('/api/')) {
      const response = await route.fetch({ url: till.page.replace(/\/$/, '') + pathname, headers: { ...route.request().headers(), origin: new URL(till.page).origin } });
      return route.fulfill({ response });
    }
    const file = join(root, 'static-site', pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    const body = readFileSync(file);
    return route.fulfill({ body: pathname === '/' ? edit(body.toString()) : body, contentType: TYPES[extname(file)], headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) });
  });
  await context.route('https://js.stripe.com/**', async (route) => {
    const { pathname, search } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: till.sandbox.replace(/\/$/, '') + pathname + search }) });
  });
}
