// One card field: lives in the frame, keeps what is typed, tells the merchant's page only its state.
import { applyStyle } from './appearance.js';
import { brandOf, checkCvc, checkExpiry, checkNumber, expiryOf } from './card.js';
import { edit, read, write } from './format.js';
import { showBrand } from './icon.js';
import { languageOf, wordsOf } from './messages.js';

const kinds = {
  cardNumber: {
    name: 'cardnumber',
    autocomplete: 'cc-number',
    incomplete: 'incomplete_number',
    check: () => checkNumber(digits),
    data: () => ({ number: digits }),
  },
  cardExpiry: {
    name: 'exp-date',
    autocomplete: 'cc-exp',
    incomplete: 'incomplete_expiry',
    check: () => checkExpiry(digits, new Date()),
    data: () => ({ exp_month: expiryOf(digits).month, exp_year: expiryOf(digits).year }),
  },
  cardCvc: {
    name: 'cvc',
    autocomplete: 'cc-csc',
    incomplete: 'incomplete_cvc',
    check: () => checkCvc(digits, brand),
    data: () => ({ cvc: digits }),
  },
};

const type = new URLSearchParams(location.search).get('type');
const kind = kinds[type];
const input = document.querySelector('input');
const field = document.querySelector('#field');
const error = document.querySelector('#error');
input.name = kind.name;
input.autocomplete = kind.autocomplete;
input.dataset.elementsStableFieldName = type;

let port;
let siblings;
let identity;
let options = {};
let words = wordsOf('en');
let digits = '';
let brand = 'unknown';
// An incomplete value is an error once the shopper has left the field or the page wants to use it.
let dueNow = false;
let lastChange;

const tell = (event, detail) => port?.postMessage({ event, detail });
const tellHeight = () => tell('height', Math.ceil(field.getBoundingClientRect().height));

function state() {
  const { complete, error: wrong } = kind.check();
  const code = wrong ?? (dueNow && !complete ? kind.incomplete : undefined);
  return {
    elementType: type,
    empty: digits === '',
    complete,
    error: code && { code, type: 'validation_error', message: words[code] },
    ...(type === 'cardNumber' && { brand }),
  };
}

function show() {
  const now = state();
  field.className = [now.empty && 'empty', now.complete && 'complete', now.error && 'invalid']
    .filter(Boolean)
    .join(' ');
  input.setAttribute('aria-invalid', String(Boolean(now.error)));
  error.textContent = now.error?.message ?? '';
  if (now.error) input.setAttribute('aria-describedby', 'error');
  else input.removeAttribute('aria-describedby');
  showBrand(type === 'cardNumber' && options.showIcon ? brand : undefined, options.iconStyle);
  return now;
}

function tellChange() {
  const now = show();
  if (JSON.stringify(now) === lastChange) return;
  lastChange = JSON.stringify(now);
  tell('change', now);
}

function setDigits(next) {
  digits = next;
  if (type === 'cardNumber' && brandOf(digits).name !== brand) {
    brand = brandOf(digits).name;
    siblings.postMessage({ group: identity.group, brand });
  }
}

function clear() {
  setDigits('');
  dueNow = false;
  input.value = '';
  tellChange();
}

function onInput(event) {
  if (event.isComposing) return;
  const { text, caret, digits: next } = edit(type, {
    text: input.value,
    caret: input.selectionStart,
    before: digits,
    inputType: event.inputType,
    brand,
  });
  if (next !== digits) dueNow = false;
  setDigits(next);
  if (input.value !== text) input.value = text;
  if (document.activeElement === input) input.setSelectionRange(caret, caret);
  tellChange();
}

input.addEventListener('input', onInput);
input.addEventListener('compositionend', onInput);
input.addEventListener('focus', () => tell('focus'));
input.addEventListener('blur', () => {
  if (digits !== '') dueNow = true;
  tellChange();
  tell('blur');
});
input.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tell('escape');
  if (event.key === 'Enter' && !event.isComposing) tell('submit');
});
input.addEventListener('animationstart', ({ animationName }) => {
  tell('autofill', animationName === 'autofill-start');
});

// A frame that was inert, behind a dialog, has forgotten what was focused in it.
addEventListener('focus', () => input.focus());

const commands = {
  update: configure,
  focus: () => input.focus(),
  blur: () => input.blur(),
  clear,
};

function configure({ options: changed, locale }) {
  options = changed;
  const language = languageOf(locale, navigator.language);
  words = wordsOf(language);
  document.documentElement.lang = language;
  input.setAttribute('aria-label', words.label[type]);
  input.placeholder = options.placeholder ?? words.placeholder[type];
  input.disabled = Boolean(options.disabled);
  applyStyle(options.style ?? {});
  tell('title', words.title[type]);
  if (lastChange) tellChange();
}

// Between the frames of one page: the number's brand rules the code's length, and the controller
// collects the card. The merchant's page is of another origin and cannot listen here.
function onSibling({ data }) {
  if (data.collect?.ids.includes(identity.id)) answerCollect(data.collect.nonce);
  if (data.group !== identity.group) return;
  if (data.wantsBrand && type === 'cardNumber') {
    siblings.postMessage({ group: identity.group, brand });
  }
  if (data.brand && type === 'cardCvc') {
    brand = data.brand;
    setDigits(read(type, digits, brand));
    input.value = write(type, digits);
    tellChange();
  }
}

function answerCollect(nonce) {
  dueNow = true;
  tellChange();
  const { error: wrong } = state();
  siblings.postMessage({ nonce, id: identity.id, ...(wrong ? { error: wrong } : { data: kind.data() }) });
}

function start({ data, ports }) {
  [port] = ports;
  identity = { id: data.id, group: data.group };
  siblings = new BroadcastChannel(`stripe-js:${data.channel}`);
  siblings.onmessage = onSibling;
  if (type === 'cardCvc') siblings.postMessage({ group: identity.group, wantsBrand: true });
  configure(data);
  lastChange = JSON.stringify(show());
  port.onmessage = ({ data: { command, ...rest } }) => commands[command](rest);
  tellHeight(); // so that a field is as high as it will be when it says that it is ready
  new ResizeObserver(tellHeight).observe(field);
  tell('ready');
}

addEventListener('message', function greeted(event) {
  if (event.source !== parent || !event.ports.length) return;
  removeEventListener('message', greeted);
  start(event);
});
