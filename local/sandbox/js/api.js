// Stripe's API as a browser may use it: with the publishable key, from Stripe's own origin.

const version = '2026-07-29.dahlia';

/** Stripe's form encoding: nested objects as `a[b]=c`, lists as `a[0]=c`; empty members left out. */
export function formEncode(params) {
  const form = new URLSearchParams();
  const add = (name, value) => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') form.append(name, String(value));
    else for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
  };
  for (const [key, value] of Object.entries(params)) add(key, value);
  return form;
}

/**
 * POSTs to the API; answers `{object}` or `{error}`, and never throws.
 * An API error passes through as it came; without an answer it is an `api_connection_error`, and an
 * answer that is not the API's an `api_error`, in the given words (messages.js).
 */
export const post = (path, params, caller) => send(path, { method: 'POST', body: formEncode(params) }, caller);

/** As `post`, to read. */
export const get = (path, params, caller) => send(`${path}?${formEncode(params)}`, {}, caller);

/** `{error}` of that type, in the given words. */
export const failure = (type, words) => ({ error: { type, message: words[type] } });

async function send(url, request, { key, words }) {
  let text;
  try {
    const response = await fetch(url, {
      ...request,
      // Else a 401 makes the browser ask the shopper for a user name and a password.
      credentials: 'omit',
      headers: { Authorization: `Bearer ${key}`, 'Stripe-Version': version },
    });
    text = await response.text();
  } catch {
    return failure('api_connection_error', words);
  }
  const body = parse(text);
  if (body?.error) return { error: body.error };
  return body?.id ? { object: body } : failure('api_error', words);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
