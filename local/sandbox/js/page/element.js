// One card field in the merchant's page: a frame in a container, its events, classes and methods.

const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
const events = ['ready', 'focus', 'blur', 'change', 'escape', 'loaderror'];

// What this script alone may know of an Element: `{group, id, isReady}`.
const internals = new WeakMap();

const isObject = (value) => typeof value === 'object' && value !== null;

function merged(old, changes) {
  const result = { ...old };
  for (const [name, value] of Object.entries(changes ?? {})) {
    result[name] = isObject(value) && isObject(old?.[name]) ? merged(old[name], value) : value;
  }
  return result;
}

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
    if (source.searchParams.getAll('loaderror').includes(this.#type)) setTimeout(() => this.#fail());
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
