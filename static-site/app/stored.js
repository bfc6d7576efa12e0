// The shape of what is stored. Anyone can have written it.
import { ADVICE, HOUR } from './checkout.js';

/** Written with every value; what the first release stored has none. */
export const VERSION = 1;

const KEPT_FOR = 24 * HOUR;
const YEAR_2100 = 4_102_444_800_000;

const isText = (pattern) => (value) => typeof value === 'string' && pattern.test(value);
const isInteger = (low, high) => (value) => Number.isInteger(value) && value >= low && value <= high;
const isBoolean = (value) => typeof value === 'boolean';
const isOptional = (check) => (value) => value === undefined || check(value);
const isList = (check, most) => (value) => Array.isArray(value) && value.length <= most && value.every(check);
const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isObject = (checks, entries = Object.entries(checks)) => (value) => isPlain(value) && entries.every(([name, check]) => check(value[name]));

export const isCheckoutId = isText(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
export const isPaymentIntent = isText(/^pi_(?!.*_secret_)\w{1,100}$/);
export const isCode = isText(/^\w{1,64}$/);
export const isAmount = isInteger(0, 99_999_999);
export const isCurrency = isText(/^[a-z]{3}$/);
const isTime = isInteger(0, YEAR_2100);
export const isSeconds = isInteger(0, YEAR_2100 / 1000);

const isItem = isObject({ sku: isText(/^[a-z0-9-]{1,32}$/), quantity: isInteger(1, 99) });
export const isItems = isList(isItem, 20);

/** What the function takes: the limits are its own. */
export const isOrder = isObject({ items: isItems, currency: isCurrency, total: isAmount });

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isBody = (value) => typeof value === 'string' && value.length <= 8192 && isPlain(parseJson(value));

const CONFIG = { publishable_key: isText(/^pk_\w{1,250}$/), livemode: isBoolean };
export const isConfig = isObject({ ...CONFIG, now: isTime });

const CARD = { brand: isText(/^[\w -]{0,32}$/), last4: isText(/^\d{4}$/) };

const CHECKOUT = {
  id: isCheckoutId,
  ...CONFIG,
  sent: isBoolean,
  cart: isOrder,
  cards: isList(isObject({ id: isText(/^pm_\w{1,250}$/), ...CARD }), 100),
  payment_intent: isOptional(isPaymentIntent),
  declined: isOptional(isObject({ code: isCode, advice: (value) => ADVICE.includes(value), at: isOptional(isTime) })),
  attempt: isOptional(
    isObject({
      path: isText(/^\/api\/payments(\/void|\/pi_\w{1,100}\/confirm)?$/),
      body: isBody,
      at: isTime,
      action: isOptional((value) => value === true),
    }),
  ),
};

const RECEIPT = {
  payment_intent: isPaymentIntent,
  amount: isAmount,
  currency: isCurrency,
  created: isOptional(isSeconds),
  livemode: isBoolean,
  items: isItems,
  kept: isTime,
  card: isOptional(isObject(CARD)),
  refunded: isOptional(isInteger(1, 99_999_999)),
};

const [isWhole, isReceipt] = [isObject(CHECKOUT), isObject(RECEIPT)];
const only = (fields, value) => Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(fields, name)));
const isOurs = (check, value) => check(value) && [undefined, VERSION].includes(value.v);

export const isCheckout = (value) => isOurs(isWhole, value) && (value.sent || !value.attempt);

/** A checkout, or null. One with an id that cannot be understood may have been sent, unless it says that it was not: its request is lost. */
export function parseCheckout(value) {
  if (isCheckout(value)) return only(CHECKOUT, value);
  const { id, sent, attempt, cart, publishable_key, payment_intent } = value ?? {};
  const isUnsent = sent === false && attempt === undefined && payment_intent === undefined;
  if (isUnsent || !isCheckoutId(id)) return null;
  const known = Object.entries({ cart, publishable_key, payment_intent }).filter(([name, one]) => CHECKOUT[name](one));
  return { ...Object.fromEntries(known), id, sent: true, cards: [], attempt: {} };
}

/** A receipt of the last day, or null. */
export function parseReceipt(value, now) {
  if (!isOurs(isReceipt, value) || Math.abs(now - value.kept) > KEPT_FOR) return null;
  return only(RECEIPT, value);
}

export const parseClosed = (value) => (isList(isCheckoutId, 100)(value) ? value : null);
