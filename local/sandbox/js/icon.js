// The card's brand, drawn beside the number where the page asks for it (`showIcon`).

const marks = {
  visa: 'VISA',
  mastercard: 'MC',
  amex: 'AMEX',
  discover: 'DISC',
  diners: 'DC',
  jcb: 'JCB',
  unionpay: 'UP',
  unknown: '',
};

/** Draws a brand's mark; without a brand there is no icon. `style` is Stripe's `iconStyle`. */
export function showBrand(brand, style = 'default') {
  const icon = document.querySelector('#icon');
  icon.toggleAttribute('hidden', brand === undefined);
  icon.classList.toggle('solid', style === 'solid');
  icon.querySelector('text').textContent = marks[brand] ?? '';
}
