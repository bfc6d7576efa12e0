// The shape of what is stored. Anyone can have written it: an extension, another version, a hand.
import { ADVICE, HOUR, PAY, VOID } from './checkout.js';

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
const isObject = (checks) => (value) => isPlain(value) && Object.entries(checks).every(([name, check]) => check(Object.hasOwn(value, name) ? value[name] : undefined));

export const isCheckoutId = isText(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
export const isPaymentIntent = isText(/^pi_[A-Za-z0-9]{1,64}$/);
export const isAmount = isInteger(0, 99_999_999);
export const isCurrency = isText(/^[a-z]{3}$/);

const isItem = isObject({ sku: isText(/^[a-z0-9-]{1,32}$/), quantity: isInteger(1, 1000) });
export const isItems = isList(isItem, 20);

const isBody = (value) => {
  if (typeof value !== 'string' || value.length > 8192) return false;
  try {
    return isPlain(JSON.parse(value));
  } catch {
    return false;
  }
};

const CARD = { brand: isText(/^[\w -]{0,32}$/), last4: isText(/^\d{4}$/) };

const CHECKOUT = {
  id: isCheckoutId,
  publishable_key: isText(/^pk_\w{1,250}$/),
  livemode: isBoolean,
  sent: isBoolean,
  cart: isObject({ items: isItems, currency: isCurrency, total: isAmount }),
  cards: isList(isObject({ id: isText(/^pm_\w{1,250}$/), ...CARD }), 100),
  payment_intent: isOptional(isPaymentIntent),
  declined: isOptional(isObject({ code: isText(/^\w{1,64}$/), advice: (value) => ADVICE.includes(value), at: isOptional(isInteger(0, YEAR_2100)) })),
  attempt: isOptional(
    isObject({
      path: (value) => [PAY, VOID].includes(value) || isText(/^\/api\/payments\/pi_[A-Za-z0-9]{1,64}\/confirm$/)(value),
      body: isBody,
      at: isInteger(0, YEAR_2100),
      action: isOptional((value) => value === true),
    }),
  ),
};

const RECEIPT = {
  payment_intent: isPaymentIntent,
  amount: isAmount,
  currency: isCurrency,
  created: isOptional(isInteger(0, YEAR_2100 / 1000)),
  livemode: isBoolean,
  items: isItems,
  kept: isInteger(0, YEAR_2100),
  card: isOptional(isObject(CARD)),
  refunded: isOptional(isInteger(1, 99_999_999)),
};

const only = (fields, value) => Object.fromEntries(Object.keys(fields).filter((name) => value[name] !== undefined).map((name) => [name, value[name]]));

const isOurs = (fields, value) => [undefined, VERSION].includes(value.v) && isObject(fields)(value);

/** A checkout, or null. One with an id that cannot be understood may have been sent: its request is lost. */
export function parseCheckout(value) {
  if (!isPlain(value) || !isCheckoutId(value.id)) return null;
  if (isOurs(CHECKOUT, value) && (value.sent || !value.attempt)) return only(CHECKOUT, value);
  const { id, cart, publishable_key, payment_intent } = value;
  const known = Object.entries({ cart, publishable_key, payment_intent }).filter(([name, one]) => one !== undefined && CHECKOUT[name](one));
  return { ...Object.fromEntries(known), id, sent: true, cards: [], attempt: {} };
}

/** A receipt of the last day, or null. */
export function parseReceipt(value, now) {
  if (!isPlain(value) || !isOurs(RECEIPT, value) || Math.abs(now - value.kept) > KEPT_FOR) return null;
  return only(RECEIPT, value);
}

export const parseClosed = (value) => (isList(isCheckoutId, 100)(value) ? value : null);
