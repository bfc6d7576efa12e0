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
