// Stripe.js stand-in: the one script a merchant's page loads. Defines `Stripe`.
// Card fields are frames of this script's own origin; the merchant's page hears of their state only.
// `stripe.js?loaderror=cardNumber` makes that Element fail to load; the parameter may repeat.
(() => {
  'use strict';

  const source = new URL(document.currentScript.src);
  const failing = source.searchParams.getAll('loaderror');
  const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
  const events = ['ready', 'focus', 'blur', 'change', 'escape', 'loaderror'];
  const defaultClasses = {
    base: 'StripeElement',
    focus: 'StripeElement--focus',
    invalid: 'StripeElement--invalid',
    complete: 'StripeElement--complete',
    empty: 'StripeElement--empty',
    webkitAutofill: 'StripeElement--webkit-autofill',
  };
  const documentWithin = 15_000; // ms, until a frame's document has loaded
  const readyWithin = 5_000; // ms, from then until its script has answered

  class IntegrationError extends Error {
    name = 'IntegrationError';
  }

  function insist(condition, message) {
    if (!condition) throw new IntegrationError(message);
  }

  const randomId = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
  const isObject = (value) => typeof value === 'object' && value !== null;

  function merged(old, changes) {
    const result = { ...old };
    for (const [name, value] of Object.entries(changes ?? {})) {
      result[name] = isObject(value) && isObject(old?.[name]) ? merged(old[name], value) : value;
    }
    return result;
  }

  // Property by property, through the CSSOM: the page's CSP may forbid style attributes.
  function setStyle(node, style) {
    for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value, 'important');
  }

  function showClasses(container, classes, state) {
    for (const [name, list] of Object.entries({ ...defaultClasses, ...classes })) {
      for (const one of list.split(/\s+/).filter(Boolean)) container.classList.toggle(one, Boolean(state[name]));
    }
  }

  // A frame of the stand-in and the channel to it: `hear` gets its messages, `fail` is called if it
  // does not come up; what is sent before it is ready waits.
  function createFrame({ path, title, greeting, hear, fail }) {
    const node = document.createElement('iframe');
    const waiting = [];
    let timer = setTimeout(fail, documentWithin);
    let ready = false;
    let port;

    // A frame that is moved within the page loads, and is greeted, once more.
    node.addEventListener('load', () => {
      clearTimeout(timer);
      timer = setTimeout(fail, readyWithin);
      ready = false;
      const { port1, port2 } = new MessageChannel();
      port = port1;
      port.onmessage = ({ data }) => {
        if (data.event === 'ready') {
          clearTimeout(timer);
          ready = true;
          for (const message of waiting.splice(0)) port.postMessage(message);
        }
        hear(data);
      };
      node.contentWindow.postMessage(greeting(), source.origin, [port2]);
    });
    node.title = title;
    node.src = new URL(`/js/${path}`, source).href;
    return {
      node,
      isReady: () => ready,
      send: (message) => (ready ? port.postMessage(message) : waiting.push(message)),
      remove() {
        clearTimeout(timer);
        port?.close();
        node.remove();
      },
    };
  }

  // The hidden frame that talks to the API for one Stripe(); made anew after a failure.
  class Controller {
    channel = randomId();
    #key;
    #frame;
    #calls = new Map();
    #count = 0;

    constructor(key) {
      this.#key = key;
      this.#open();
    }

    #open() {
      this.#frame ??= createFrame({
        path: 'controller.html',
        title: 'Stripe controller',
        greeting: () => ({ key: this.#key, channel: this.channel }),
        hear: ({ reply, result }) => this.#settle(reply, result),
        fail: () => this.#fail(),
      });
      if (this.#frame.node.isConnected) return;
      setStyle(this.#frame.node, { display: 'none' });
      (document.body ?? document.documentElement).append(this.#frame.node);
    }

    #settle(call, result) {
      this.#calls.get(call)?.(result);
      this.#calls.delete(call);
    }

    #fail() {
      this.#frame.remove();
      this.#frame = undefined;
      const error = { type: 'api_connection_error', message: 'The controller frame of Stripe.js could not be loaded.' };
      for (const call of this.#calls.keys()) this.#settle(call, { error });
    }

    /** Resolves to what the method of that name in controller.js answers. */
    call(method, args, locale) {
      this.#open();
      const call = (this.#count += 1);
      this.#frame.send({ call, method, args, locale });
      return new Promise((resolve) => this.#calls.set(call, resolve));
    }
  }

  // What this script alone may know of an Element: `{group, id, isReady}`.
  const internals = new WeakMap();

  class Element {
    #type;
    #options;
    #group;
    #id = randomId();
    #handlers = [];
    #state;
    #container;
    #frame;
    #labels;
    #destroyed = false;

    constructor(type, options, group) {
      this.#type = type;
      this.#options = merged({}, options);
      this.#group = group;
      internals.set(this, { group, id: this.#id, isReady: () => Boolean(this.#frame?.isReady()) });
    }

    mount(target) {
      this.#insistAlive();
      insist(target, 'Missing argument. Make sure to call mount() with a valid DOM element or selector.');
      const container = typeof target === 'string' ? document.querySelector(target) : target;
      insist(container, `The selector you specified (${target}) applies to no DOM elements that are currently on the page.
Make sure the element exists on the page before calling mount().`);
      if (container === this.#container) return;
      insist(!this.#container, 'This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.');
      this.#container = container;
      this.#show({ empty: true });
      this.#focusFromLabels();
      if (failing.includes(this.#type)) setTimeout(() => this.#fail());
      else this.#open();
    }

    #open() {
      this.#frame = createFrame({
        path: `element.html?type=${this.#type}`,
        title: 'Secure input frame',
        greeting: () => ({ ...this.#settings(), id: this.#id, group: this.#group.id, channel: this.#group.channel }),
        hear: ({ event, detail }) => this.#hear(event, detail),
        fail: () => this.#fail(),
      });
      const { node } = this.#frame;
      setStyle(node, { display: 'block', width: '100%', height: '1.2em', border: '0' });
      // As in element.css: where the two differ, the browser paints the frame's canvas.
      setStyle(node, { 'color-scheme': 'light only' });
      this.#container.replaceChildren(node);
    }

    #settings() {
      return { options: this.#options, locale: this.#group.locale };
    }

    #fail() {
      const error = { type: 'api_connection_error', message: `The ${this.#type} Element could not be loaded.` };
      this.#emit('loaderror', { error });
    }

    #hear(event, detail) {
      if (event === 'title') this.#frame.node.title = detail;
      else if (event === 'height') setStyle(this.#frame.node, { height: `${detail}px` });
      else if (event === 'autofill') this.#show({ ...this.#state, webkitAutofill: detail });
      else if (event === 'submit') this.#submitForm();
      else if (event === 'change') {
        const { empty, complete, error } = detail;
        this.#show({ ...this.#state, empty, complete, invalid: error });
        this.#emit('change', { ...detail, value: undefined });
      } else {
        this.#show(event === 'ready' ? { empty: true } : { ...this.#state, focus: event === 'focus' });
        this.#emit(event);
      }
    }

    #show(state) {
      this.#state = state;
      showClasses(this.#container, this.#options.classes, { ...state, base: true });
    }

    #focusFromLabels() {
      this.#labels = new AbortController();
      const named = document.querySelectorAll(`label[for="${CSS.escape(this.#container.id)}"]`);
      for (const label of [...named, this.#container.closest('label')]) {
        label?.addEventListener('click', () => this.focus(), { signal: this.#labels.signal });
      }
    }

    // Enter submits the form around the field, as it does from an input of the page's own.
    #submitForm() {
      const form = this.#container.closest('form');
      const button = [...(form?.elements ?? [])].find(({ type }) => type === 'submit' || type === 'image');
      if (button) button.click();
      else form?.requestSubmit();
    }

    unmount() {
      this.#insistAlive();
      if (!this.#container) return;
      this.#labels.abort();
      this.#frame?.remove();
      this.#frame = undefined;
      showClasses(this.#container, this.#options.classes, {});
      this.#container = undefined;
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
      this.#group.elements.delete(this.#type);
    }

    update(changes) {
      this.#insistAlive();
      if (this.#container) showClasses(this.#container, this.#options.classes, {});
      this.#options = merged(this.#options, changes);
      if (this.#container) this.#show(this.#state);
      this.#command('update', this.#settings());
    }

    focus() {
      this.#frame?.node.focus();
      this.#command('focus');
    }

    blur() {
      this.#command('blur');
    }

    clear() {
      this.#command('clear');
    }

    #command(command, args) {
      this.#insistAlive();
      this.#frame?.send({ command, ...args });
    }

    on(event, handler, once = false) {
      insist(events.includes(event), `"${event}" is not an event of this Element. Its events are: ${events.join(', ')}.`);
      insist(typeof handler === 'function', `The handler of "${event}" should be a function.`);
      this.#handlers.push({ event, handler, once });
      return this;
    }

    once(event, handler) {
      return this.on(event, handler, true);
    }

    off(event, handler) {
      this.#handlers = this.#handlers.filter((one) => one.event !== event || (handler && one.handler !== handler));
      return this;
    }

    #emit(event, detail) {
      for (const one of this.#handlers.filter((each) => each.event === event)) {
        if (one.once) this.#handlers = this.#handlers.filter((each) => each !== one);
        try {
          one.handler({ elementType: this.#type, ...detail });
        } catch (error) {
          reportError(error);
        }
      }
    }

    #insistAlive() {
      insist(!this.#destroyed, 'This Element has already been destroyed. Please create a new one.');
    }
  }

  class Elements {
    #group;

    constructor(channel, locale) {
      this.#group = { id: randomId(), channel, locale, elements: new Map() };
    }

    create(type, options) {
      const { elements } = this.#group;
      insist(types.includes(type), `A valid Element name must be provided. Valid Elements are: ${types.join(', ')}; you passed: ${type}.`);
      insist(!elements.has(type), `Can only create one Element of type ${type}.`);
      elements.set(type, new Element(type, options, this.#group));
      return elements.get(type);
    }

    getElement(type) {
      return this.#group.elements.get(type) ?? null;
    }

    update({ locale }) {
      this.#group.locale = locale ?? this.#group.locale;
      for (const element of this.#group.elements.values()) element.update();
    }
  }

  // The mounted fields of the card whose number this Element holds, in their order.
  function cardOf(element) {
    const { group, isReady } = internals.get(element) ?? {};
    insist(
      group && group.elements.get('cardNumber') === element,
      'Invalid value for createPaymentMethod(): card should be a cardNumber Element.',
    );
    insist(isReady(), `We could not retrieve data from the specified Element.
Please make sure the Element you are attempting to use is mounted and the ready event has been emitted.`);
    const all = types.map((type) => internals.get(group.elements.get(type) ?? {}));
    return { fields: all.filter((field) => field?.isReady()).map(({ id }) => id), locale: group.locale };
  }

  class Stripe {
    #controller;
    #locale;

    constructor(key, { locale = 'auto' } = {}) {
      this.#controller = new Controller(key);
      this.#locale = locale;
    }

    elements({ locale = this.#locale } = {}) {
      return new Elements(this.#controller.channel, locale);
    }

    async createPaymentMethod({ type, card, ...params } = {}) {
      insist(type === 'card', 'Invalid value for createPaymentMethod(): type should be "card".');
      const { fields, locale } = cardOf(card);
      return this.#controller.call('createPaymentMethod', { fields, params: { type, ...params } }, locale);
    }
  }

  // Callable with or without `new`, as Stripe's is.
  window.Stripe = function (key, options) {
    insist(key !== undefined, 'Missing value for Stripe(): apiKey should be a string.');
    insist(typeof key === 'string', `Invalid value for Stripe(): apiKey should be a string. You specified: ${key}.`);
    insist(key, 'Please call Stripe() with your publishable key. You used an empty string.');
    insist(!/^[sr]k_/.test(key), `You should not use your secret key with Stripe.js.
Please pass a publishable key instead.`);
    return new Stripe(key, options);
  };
})();
