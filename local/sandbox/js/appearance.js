// Stripe's style object, as a stylesheet made through the CSSOM: what a strict CSP lets through.

const properties = {
  backgroundColor: 'background-color',
  color: 'color',
  fontFamily: 'font-family',
  fontSize: 'font-size',
  fontSmoothing: '-webkit-font-smoothing',
  fontStyle: 'font-style',
  fontVariant: 'font-variant',
  fontWeight: 'font-weight',
  letterSpacing: 'letter-spacing',
  lineHeight: 'line-height',
  padding: 'padding',
  textAlign: 'text-align',
  textDecoration: 'text-decoration',
  textShadow: 'text-shadow',
  textTransform: 'text-transform',
};
const autofill = ':-webkit-autofill';
const pseudos = [':hover', ':focus', ':disabled', autofill, '::placeholder', '::selection'];
const beside = [...pseudos, 'iconColor', '::-ms-clear'];
const variants = ['base', 'empty', 'complete', 'invalid'];
const defaults = { invalid: { color: '#df1b41' } };

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];

/** Replaces what an earlier style object set; what is not on Stripe's list is named and left out. */
export function applyStyle(style) {
  sheet.replaceSync('');
  for (const name of Object.keys(style)) if (!variants.includes(name)) warn(name);
  for (const variant of variants) {
    applyVariant(variant, { ...defaults[variant], ...style[variant] });
  }
}

function applyVariant(variant, rules) {
  applyRules(variant, '', rules);
  for (const pseudo of pseudos) if (rules[pseudo]) applyRules(variant, pseudo, rules[pseudo]);
}

// Every selector has zero specificity, so that the order decides: invalid wins over base:focus.
function applyRules(variant, pseudo, rules) {
  const field = variant === 'base' ? '#field' : `#field.${variant}`;
  const inner = pseudo.startsWith('::') ? pseudo : '';
  const input = ruleFor(`:where(${field} input${inner ? '' : pseudo})${inner}`);
  for (const [name, value] of Object.entries(rules)) {
    if (Object.hasOwn(properties, name)) input.setProperty(properties[name], value);
    else if (!beside.includes(name)) warn(name);
  }
  const iconColor = rules.iconColor ?? rules.color;
  if (iconColor && !inner) ruleFor(`:where(${field}:has(input${pseudo}) #icon)`).setProperty('color', iconColor);
  if (pseudo === autofill) overrideAutofill(input, rules);
}

// The browser's own colours of a filled field are !important; these properties are beyond them.
function overrideAutofill(input, { color, backgroundColor }) {
  if (color) input.setProperty('-webkit-text-fill-color', color);
  if (backgroundColor) input.setProperty('box-shadow', `inset 0 0 0 100vmax ${backgroundColor}`);
}

function ruleFor(selector) {
  return sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)].style;
}

function warn(name) {
  console.warn(`Stripe.js: "${name}" is not a supported style property or variant.`);
}
