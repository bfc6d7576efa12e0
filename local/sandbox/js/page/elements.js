// The fields of one card.

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
