// How stripe.js touches the look of the merchant's page: single properties, and the classes of an Element's container.

const defaultClasses = {
  base: 'StripeElement',
  focus: 'StripeElement--focus',
  invalid: 'StripeElement--invalid',
  complete: 'StripeElement--complete',
  empty: 'StripeElement--empty',
  webkitAutofill: 'StripeElement--webkit-autofill',
};

// Property by property, through the CSSOM: the page's CSP may forbid style attributes.
function setStyle(node, style) {
  for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value, 'important');
}

function showClasses(container, classes, state) {
  for (const [name, list] of Object.entries({ ...defaultClasses, ...classes })) {
    for (const one of list.split(/\s+/).filter(Boolean)) container.classList.toggle(one, Boolean(state[name]));
  }
}
