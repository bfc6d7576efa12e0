// What is wrong with the page itself, above all else, with another try where one may help.
import { contactText } from './merchant.js';
import { button, hint } from './outcome.js';
import { byId, say, show } from './words.js';

export class Notice {
  #key = null;
  #retry;

  /** Whether there is something to try again before a payment can start. */
  get blocks() {
    return Boolean(this.#key && this.#retry);
  }

  clear() {
    this.#key = null;
  }

  /** `key` of the words; `retry` is what the button does. */
  tell(words, merchant, key, retry) {
    this.#key = key;
    this.#retry = retry;
    this.show(words, merchant);
    say(byId('alert'), words.say(`notice.${key}`));
  }

  show(words, merchant) {
    const notice = byId('notice');
    show(notice, this.#key);
    notice.replaceChildren(this.#key ? words.say(`notice.${this.#key}`) : '');
    if (this.blocks) notice.append(hint(contactText(words, merchant) ?? ''), button(words.say('notice.retry'), this.#retry, { id: 'retry' }));
  }
}
