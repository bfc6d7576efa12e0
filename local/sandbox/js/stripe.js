// Stripe.js stand-in: the one script a merchant's page loads. Defines `Stripe`.
// Card fields are frames of this script's own origin; the merchant's page hears of their state only.
// `stripe.js?loaderror=cardNumber` makes that Element (the parameter repeats) fail to load.
(() => {
  'use strict';

  const source = new URL(document.currentScript.src);
  const failing = source.searchParams.getAll('loaderror');
  const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
  const events = ['ready', 'focus', 'blur', 'change', 'escape', 'loaderror'];
  const documentWithin = 15000; // ms, until a frame's document has loaded
  const readyWithin = 5000; // ms, from then until the frame has answered

  class IntegrationError extends Error {
    name = 'IntegrationError';
  }

  function random() {
    return crypto.getRandomValues(new Uint32Array(4)).join('-');
  }

  const isObject = (value) => typeof value === 'object' && value !== null;

  function merged(old, changes) {
    const result = { ...old };
    for (const [name, value] of Object.entries(changes ?? {})) {
      result[name] = isObject(value) && isObject(old?.[name]) ? merged(old[name], value) : value;
    }
    return result;
  }

  // Styles one by one through the CSSOM: a page's CSP may forbid style attributes.
  function setStyle(node, style) {
    for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value, 'important');
  }

  // A frame of the stand-in and the channel to it. `hear` gets its messages, `fail` is called if it
  // does not come up. What is sent before it is ready waits.
  class Frame {
    node = document.createElement('iframe');
    ready = false;
    #port;
    #waiting = [];
    #timer;

    constructor({ path, title, greeting, hear, fail }) {
      this.node.src = new URL(`/js/${path}`, source.origin).href;
      this.node.title = title;
      this.#timer = setTimeout(fail, documentWithin);
      // A frame that is moved within the page loads once more.
      this.node.addEventListener('load', () => {
        this.ready = false;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(fail, readyWithin);
        const { port1, port2 } = new MessageChannel();
        this.#port = port1;
        port1.onmessage = ({ data }) => {
          if (data.event === 'ready') this.#open();
          hear(data);
        };
        this.node.contentWindow.postMessage(greeting(), source.origin, [port2]);
      });
    }

    #open() {
      clearTimeout(this.#timer);
      this.ready = true;
      for (const message of this.#waiting.splice(0)) this.#port.postMessage(message);
    }

    send(message) {
      if (this.ready) this.#port.postMessage(message);
      else this.#waiting.push(message);
    }

    remove() {
      clearTimeout(this.#timer);
      this.#port?.close();
      this.node.remove();
    }
  }

  // The hidden frame that makes API calls; one for each Stripe(). Made again after a failure.
  class Controller {
    channel = random();
    #key;
    #frame;
    #calls = new Map();
    #count = 0;

    constructor(key) {
      this.#key = key;
    }

    open() {
      if (this.#frame) return;
      this.#frame = new Frame({
        path: 'controller.html',
        title: 'Stripe controller',
        greeting: () => ({ key: this.#key, channel: this.channel }),
        hear: ({ reply, result }) => this.#settle(reply, result),
        fail: () => this.#fail(),
      });
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
      const message = 'Stripe.js could not reach its API frame. Please check your connection and try again.';
      for (const call of this.#calls.keys()) {
        this.#settle(call, { error: { type: 'api_connection_error', message } });
      }
    }

    call(method, args, locale) {
      this.open();
      this.#count += 1;
      const call = this.#count;
      this.#frame.send({ call, method, args, locale });
      return new Promise((resolve) => this.#calls.set(call, resolve));
    }
  }

  // What only this script may know of an Element: its group, its id, whether it can be used.
  const inner = new WeakMap();

  class Element {
    #type;
    #group;
    #options;
    #id = random();
    #handlers = [];
    #state = { empty: true };
    #container;
    #frame;
    #labels;
    #destroyed = false;

    constructor(type, options, group) {
      this.#type = type;
      this.#options = merged({}, options);
      this.#group = group;
      inner.set(this, { group, id: this.#id, ready: () => this.#frame?.ready ?? false });
    }

    mount(target) {
      this.#assertAlive();
      const container = typeof target === 'string' ? document.querySelector(target) : target;
      if (!target) throw new IntegrationError('Missing argument. Make sure to call mount() with a valid DOM element or selector.');
      if (!container) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.\nMake sure the element exists on the page before calling mount().`);
      if (container === this.#container) return;
      if (this.#container) throw new IntegrationError('This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.');
      if (container.children.length) console.warn('This Element will be mounted to a DOM element that contains child nodes.');
      this.#container = container;
      this.#setState({ empty: true });
      this.#listenToLabels();
      if (failing.includes(this.#type)) setTimeout(() => this.#fail());
      else this.#openFrame();
    }

    #openFrame() {
      this.#frame = new Frame({
        path: `element.html?type=${this.#type}`,
        title: 'Secure input frame',
        greeting: () => ({ ...this.#settings(), identity: { id: this.#id, group: this.#group.id, channel: this.#group.channel } }),
        hear: ({ event, detail }) => this.#hear(event, detail),
        fail: () => this.#fail(),
      });
      // The scheme is the one that element.css names: where they differ, browsers paint the frame white.
      setStyle(this.#frame.node, { display: 'block', width: '100%', height: '1.2em', border: '0', 'color-scheme': 'light only' });
      this.#container.replaceChildren(this.#frame.node);
    }

    #settings() {
      return { options: this.#options, locale: this.#group.locale };
    }

    #fail() {
      const message = `The ${this.#type} Element could not be loaded.`;
      this.#emit('loaderror', { error: { type: 'api_connection_error', message } });
    }

    #hear(event, detail) {
      if (event === 'title') this.#frame.node.title = detail;
      else if (event === 'height') setStyle(this.#frame.node, { height: `${detail}px` });
      else if (event === 'autofill') this.#setState({ ...this.#state, webkitAutofill: detail });
      else if (event === 'submit') this.#submitForm();
      else {
        if (event === 'ready') this.#setState({ empty: true });
        if (event === 'focus' || event === 'blur') this.#setState({ ...this.#state, focus: event === 'focus' });
        if (event === 'change') {
          const { empty, complete, error } = detail;
          this.#setState({ ...this.#state, empty, complete, invalid: Boolean(error) });
        }
        this.#emit(event, event === 'change' ? { ...detail, value: undefined } : {});
      }
    }

    #setState(state) {
      this.#state = state;
      const classes = { ...defaultClasses, ...this.#options.classes };
      for (const [name, list] of Object.entries(classes)) {
        const on = name === 'base' || Boolean(state[name]);
        for (const one of list.split(/\s+/).filter(Boolean)) this.#container.classList.toggle(one, on);
      }
    }

    #clearClasses() {
      const classes = Object.values({ ...defaultClasses, ...this.#options.classes });
      this.#container.classList.remove(...classes.join(' ').split(/\s+/).filter(Boolean));
    }

    #listenToLabels() {
      this.#labels = new AbortController();
      const named = `label[for="${CSS.escape(this.#container.id)}"]`;
      for (const label of [...document.querySelectorAll(named), this.#container.closest('label')]) {
        label?.addEventListener('click', () => this.focus(), { signal: this.#labels.signal });
      }
    }

    // Enter in a field submits its form as it would from an input of the page's own.
    #submitForm() {
      const form = this.#container.closest('form');
      const button = form && [...form.elements].find((control) => ['submit', 'image'].includes(control.type));
      if (button) button.click();
      else form?.requestSubmit();
    }

    unmount() {
      this.#assertAlive();
      if (!this.#container) return;
      this.#labels.abort();
      this.#frame?.remove();
      this.#frame = undefined;
      this.#clearClasses();
      this.#container = undefined;
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
      this.#group.elements.delete(this.#type);
    }

    update(changes) {
      this.#assertAlive();
      if (this.#container) this.#clearClasses();
      this.#options = merged(this.#options, changes);
      if (this.#container) this.#setState(this.#state);
      this.#frame?.send({ command: 'update', ...this.#settings() });
    }

    focus() {
      this.#assertAlive();
      this.#frame?.node.focus();
      this.#frame?.send({ command: 'focus' });
    }

    blur() {
      this.#assertAlive();
      this.#frame?.send({ command: 'blur' });
    }

    clear() {
      this.#assertAlive();
      this.#frame?.send({ command: 'clear' });
    }

    on(event, handler, once = false) {
      if (!events.includes(event)) throw new IntegrationError(`${this.#type}.on(): "${event}" is not an event. Valid events are: ${events.join(', ')}.`);
      if (typeof handler !== 'function') throw new IntegrationError(`${this.#type}.on(): the handler should be a function.`);
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
      for (const one of this.#handlers.filter((handler) => handler.event === event)) {
        if (one.once) this.#handlers.splice(this.#handlers.indexOf(one), 1);
        try {
          one.handler({ elementType: this.#type, ...detail });
        } catch (error) {
          reportError(error);
        }
      }
    }

    #assertAlive() {
      if (this.#destroyed) throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
    }
  }

  const defaultClasses = {
    base: 'StripeElement',
    focus: 'StripeElement--focus',
    invalid: 'StripeElement--invalid',
    complete: 'StripeElement--complete',
    empty: 'StripeElement--empty',
    webkitAutofill: 'StripeElement--webkit-autofill',
  };

  class Elements {
    #group;

    constructor(channel, locale) {
      this.#group = { id: random(), channel, locale, elements: new Map() };
    }

    create(type, options) {
      const { elements } = this.#group;
      if (!types.includes(type)) throw new IntegrationError(`A valid Element name must be provided. Valid Elements are:\n  ${types.join(', ')}; you passed: ${type}.`);
      if (elements.has(type)) throw new IntegrationError(`Can only create one Element of type ${type}.`);
      elements.set(type, new Element(type, options, this.#group));
      return elements.get(type);
    }

    getElement(type) {
      return this.#group.elements.get(type) ?? null;
    }

    update({ locale = this.#group.locale } = {}) {
      this.#group.locale = locale;
      for (const element of this.#group.elements.values()) element.update({});
    }
  }

  // The ids of all mounted fields of the card that a cardNumber Element belongs to.
  function fieldsOf(card) {
    const { group } = inner.get(card) ?? {};
    if (!group || group.elements.get('cardNumber') !== card) throw new IntegrationError('Invalid value for createPaymentMethod: card should be a cardNumber Element.');
    if (!inner.get(card).ready()) throw new IntegrationError('We could not retrieve data from the specified Element.\nPlease make sure the Element you are attempting to use is mounted and the ready event has been emitted.');
    const fields = types.map((type) => inner.get(group.elements.get(type) ?? {})).filter((field) => field?.ready());
    return { ids: fields.map(({ id }) => id), locale: group.locale };
  }

  class Stripe {
    #controller;
    #locale;

    constructor(key, { locale = 'auto' } = {}) {
      this.#controller = new Controller(key);
      this.#locale = locale;
      this.#controller.open();
    }

    elements({ locale = this.#locale } = {}) {
      return new Elements(this.#controller.channel, locale);
    }

    async createPaymentMethod({ type, card, ...params } = {}) {
      if (type !== 'card') throw new IntegrationError('Invalid value for createPaymentMethod: type should be `card`.');
      const { ids, locale } = fieldsOf(card);
      return this.#controller.call('createPaymentMethod', { fields: ids, params: { type, ...params } }, locale);
    }
  }

  function assertPublishable(key) {
    if (key === '') throw new IntegrationError('Please call Stripe() with your publishable key. You used an empty string.');
    if (key === undefined) throw new IntegrationError('Missing value for Stripe(): apiKey should be a string.');
    if (typeof key !== 'string') throw new IntegrationError(`Invalid value for Stripe(): apiKey should be a string. You specified: ${key}.`);
    if (/^[sr]k_/.test(key)) throw new IntegrationError('You should not use your secret key with Stripe.js.\nPlease pass a publishable key instead.');
  }

  // Called with or without `new`, as Stripe's is.
  window.Stripe = function (key, options) {
    assertPublishable(key);
    return new Stripe(key, options);
  };
})();
