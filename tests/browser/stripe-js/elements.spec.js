// Stripe(), elements() and the methods of an Element, as a merchant's script uses them.
import { expect, test, types } from './merchant.js';

test('the script defines Stripe and nothing else', async ({ merchant, page }) => {
  await page.addInitScript(() => Object.assign(window, { before: Object.getOwnPropertyNames(window) }));
  await merchant.openReady();
  const added = await page.evaluate(() => Object.getOwnPropertyNames(window).filter((name) => !before.includes(name)));
  const ofTheTest = ['before', 'elements', 'seen', 'stripe'];
  const isFrame = (name) => /^\d+$/.test(name);
  expect(added.filter((name) => !ofTheTest.includes(name) && !isFrame(name))).toEqual(['Stripe']);
  expect(await page.evaluate(() => [typeof source, typeof insist, typeof Controller])).toEqual(Array(3).fill('undefined'));
});

test('wrong keys, names and selectors throw Stripe’s IntegrationError', async ({ merchant, page }) => {
  await merchant.openReady();
  const results = await page.evaluate(() => {
    const attempts = {
      'no key': () => Stripe(),
      'empty key': () => Stripe(''),
      'secret key': () => Stripe('sk_test_1'),
      'restricted key': () => Stripe('rk_test_1'),
      'not a string': () => Stripe(1),
      'unknown element': () => elements.create('payment'),
      'second of a kind': () => elements.create('cardCvc'),
      'no selector': () => stripe.elements().create('cardCvc').mount(),
      'selector of nothing': () => stripe.elements().create('cardCvc').mount('#nothing'),
      'mounted twice': () => elements.getElement('cardCvc').mount('h1'),
      'unknown event': () => elements.getElement('cardCvc').on('input', () => {}),
      'no handler': () => elements.getElement('cardCvc').on('change'),
      destroyed: () => {
        const element = stripe.elements().create('cardCvc');
        element.destroy();
        element.focus();
      },
    };
    return Object.entries(attempts).map(([name, attempt]) => {
      try {
        attempt();
        return `${name}: nothing`;
      } catch (error) {
        return `${name}: ${error.name}`;
      }
    });
  });
  expect(results.filter((result) => !result.endsWith(': IntegrationError'))).toEqual([]);
  expect(results).toHaveLength(13);
  const message = await page.evaluate(() => {
    try {
      return Stripe('sk_test_1');
    } catch (error) {
      return error.message;
    }
  });
  expect(message).toBe('You should not use your secret key with Stripe.js.\nPlease pass a publishable key instead.');
});

test('focus, blur and clear from the page; a label focuses its field', async ({ merchant, page }) => {
  await merchant.openReady();
  await page.evaluate(() => elements.getElement('cardCvc').focus());
  await merchant.isIn('cardCvc');
  await page.keyboard.type('12');
  await page.evaluate(() => elements.getElement('cardCvc').blur());
  await merchant.event({ event: 'blur', elementType: 'cardCvc' });
  await expect(page.locator('#cardCvc')).toHaveClass(/invalid/);
  await page.evaluate(() => elements.getElement('cardCvc').clear());
  await expect(merchant.input('cardCvc')).toHaveValue('');
  await expect.poll(() => merchant.lastChange('cardCvc')).toMatchObject({ empty: true, complete: false });
  await expect(page.locator('#cardCvc')).toHaveClass('StripeElement StripeElement--empty');

  await page.getByText('Card number').click();
  await expect(merchant.input('cardNumber')).toBeFocused();
  await page.getByText('Security code').click();
  await expect(merchant.input('cardCvc')).toBeFocused();
});

test('unmount empties the container, mount starts afresh, destroy frees the name', async ({ merchant, page }) => {
  await merchant.openReady();
  await merchant.type({ cardNumber: '4242' });
  await page.evaluate(() => elements.getElement('cardNumber').unmount());
  await expect(page.locator('#cardNumber')).toBeEmpty();
  await expect(page.locator('#cardNumber')).toHaveClass('');
  await page.evaluate(() => {
    seen.length = 0;
    elements.getElement('cardNumber').mount(document.querySelector('#cardNumber'));
  });
  await merchant.event({ event: 'ready', elementType: 'cardNumber' });
  await expect(merchant.input('cardNumber')).toHaveValue('');
  const found = await page.evaluate(() => {
    elements.getElement('cardNumber').destroy();
    return [elements.getElement('cardNumber'), elements.create('cardNumber') === elements.getElement('cardNumber')];
  });
  expect(found).toEqual([null, true]);
});

test('once is heard once, off not at all, and a failing handler does not silence the next', async ({ merchant, page }) => {
  await merchant.openReady();
  const uncaught = page.waitForEvent('console', (message) => message.text().includes('heard'));
  await page.evaluate(() => {
    window.heard = [];
    const element = elements.getElement('cardNumber');
    const never = () => heard.push('never');
    element.once('change', () => heard.push('once'));
    element.on('change', never).off('change', never);
    window.addEventListener('error', (event) => {
      event.preventDefault();
      console.log(`heard ${event.message}`);
    });
    element.on('change', () => {
      throw new Error('of the merchant');
    });
    element.on('change', () => heard.push('always'));
  });
  await merchant.input('cardNumber').fill('4242');
  await uncaught;
  await merchant.input('cardNumber').fill('');
  await expect.poll(() => page.evaluate(() => heard)).toEqual(['once', 'always', 'always']);
});

test('a style applies to its variant, changes live, and takes nothing but Stripe’s properties', async ({ merchant, page }) => {
  const style = {
    base: {
      color: 'rgb(1, 2, 3)',
      fontSize: '20px',
      letterSpacing: '2px',
      position: 'fixed',
      ':focus': { color: 'rgb(4, 5, 6)' },
      '::placeholder': { color: 'rgb(7, 8, 9)' },
    },
    complete: { color: 'rgb(0, 99, 0)' },
    invalid: { color: 'rgb(99, 0, 0)' },
  };
  const warned = page.waitForEvent('console', (message) => message.text().includes('"position"'));
  await merchant.openReady({ only: ['cardNumber'], options: { style, placeholder: 'Number' } });
  await warned;
  const input = merchant.input('cardNumber');
  await expect(input).toHaveCSS('color', 'rgb(1, 2, 3)');
  await expect(input).toHaveCSS('font-size', '20px');
  await expect(input).toHaveCSS('letter-spacing', '2px');
  await expect(input).toHaveCSS('position', 'static');
  await expect(input).toHaveAttribute('placeholder', 'Number');
  expect(await input.evaluate((node) => getComputedStyle(node, '::placeholder').color)).toBe('rgb(7, 8, 9)');
  await input.focus();
  await expect(input).toHaveCSS('color', 'rgb(4, 5, 6)');
  await input.fill('4242424242424242');
  await expect(input).toHaveCSS('color', 'rgb(0, 99, 0)');
  await input.fill('4242424242424241');
  await expect(input).toHaveCSS('color', 'rgb(99, 0, 0)');

  const height = (await merchant.frame('cardNumber').boundingBox()).height;
  await page.evaluate(() =>
    elements.getElement('cardNumber').update({ style: { base: { fontSize: '40px' }, invalid: { color: 'rgb(50, 0, 0)' } } }),
  );
  await expect(input).toHaveCSS('color', 'rgb(50, 0, 0)');
  await expect(input).toHaveCSS('letter-spacing', '2px');
  await expect.poll(async () => (await merchant.frame('cardNumber').boundingBox()).height).toBeGreaterThan(height * 1.8);
  await expect(input).toHaveValue('4242 4242 4242 4241');
});

test('disabled, showIcon and classes can be given and changed', async ({ merchant, page }) => {
  await merchant.openReady({ only: ['cardNumber'], options: { disabled: true, classes: { base: 'field wide', empty: 'is-empty' } } });
  await expect(merchant.input('cardNumber')).toBeDisabled();
  await expect(page.locator('#cardNumber')).toHaveClass('field wide is-empty');
  await page.evaluate(() => elements.getElement('cardNumber').update({ disabled: false, showIcon: true, iconStyle: 'solid', classes: { base: 'other' } }));
  await expect(merchant.input('cardNumber')).toBeEnabled();
  await expect(page.locator('#cardNumber')).toHaveClass('other is-empty');
  await merchant.type({ cardNumber: '55' });
  const icon = merchant.frame('cardNumber').contentFrame().locator('#icon');
  await expect(icon).toBeVisible();
  await expect(icon).toHaveText('MC');
  await page.evaluate(() => elements.getElement('cardNumber').update({ style: { base: { color: 'rgb(9, 9, 9)' } } }));
  await expect(icon).toHaveCSS('color', 'rgb(9, 9, 9)');
  await page.evaluate(() => elements.getElement('cardNumber').update({ style: { base: { iconColor: 'rgb(8, 8, 8)' } } }));
  await expect(icon).toHaveCSS('color', 'rgb(8, 8, 8)');
});

test('what the browser filled in shows on the container, in the merchant’s colour', async ({ merchant, page, context }) => {
  await merchant.openReady({ options: { style: { base: { ':-webkit-autofill': { color: 'rgb(1, 2, 3)' } } } } });
  const devtools = await context.newCDPSession(page);
  await devtools.send('DOM.enable');
  await devtools.send('CSS.enable');
  const { root } = await devtools.send('DOM.getDocument', { depth: -1, pierce: true });
  const inputs = (node) =>
    node.nodeName === 'INPUT' ? [node] : [...(node.children ?? []), node.contentDocument ?? []].flat().flatMap(inputs);
  const { nodeId } = inputs(root).find(({ attributes }) => attributes.includes('cc-number'));
  await devtools.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses: ['autofill', '-webkit-autofill'] });
  await expect(page.locator('#cardNumber')).toHaveClass(/StripeElement--webkit-autofill/);
  await expect(merchant.input('cardNumber')).toHaveCSS('-webkit-text-fill-color', 'rgb(1, 2, 3)');
  await devtools.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses: [] });
  await expect(page.locator('#cardNumber')).not.toHaveClass(/StripeElement--webkit-autofill/);
});

const labels = {
  'fr-CA': ['Cadre sécurisé pour la saisie du numéro de carte', 'Numéro de carte de crédit ou de débit', 'Votre numéro de carte est incomplet.'],
  es: ['Marco seguro para introducir el número de tarjeta', 'Número de tarjeta de crédito o débito', 'El número de tu tarjeta está incompleto.'],
  zh: ['安全卡号输入框', '信用卡或借记卡卡号', '您的银行卡卡号不完整。'],
  tlh: ['Secure card number input frame', 'Credit or debit card number', 'Your card number is incomplete.'],
};

for (const [locale, [title, label, message]] of Object.entries(labels)) {
  test(`${locale}: title, label and errors`, async ({ merchant }) => {
    await merchant.openReady({ locale });
    await expect(merchant.frame('cardNumber')).toHaveAttribute('title', title);
    await expect(merchant.input('cardNumber')).toHaveAccessibleName(label);
    await merchant.type({ cardNumber: '4242', cardExpiry: '' });
    await expect.poll(async () => (await merchant.lastChange('cardNumber')).error?.message).toBe(message);
  });
}

test('the locale changes live and keeps what was typed', async ({ merchant, page }) => {
  await merchant.openReady({ locale: 'en' });
  await merchant.type({ cardNumber: '4242', cardExpiry: '12' });
  await page.evaluate(() => elements.update({ locale: 'fr-CA' }));
  await expect(merchant.frame('cardNumber')).toHaveAttribute('title', labels['fr-CA'][0]);
  await expect(merchant.input('cardNumber')).toHaveValue('4242');
  await expect(merchant.input('cardNumber')).toHaveAccessibleDescription(labels['fr-CA'][2]);
  await expect.poll(async () => (await merchant.lastChange('cardNumber')).error.message).toBe(labels['fr-CA'][2]);
  await expect(merchant.input('cardExpiry')).toHaveAttribute('placeholder', 'MM / AA');
});

test('a field that cannot load says loaderror, on demand and by nature; the others work', async ({ merchant, page }) => {
  await merchant.open({ query: '?loaderror=cardNumber&loaderror=cardCvc' });
  await merchant.event({ event: 'loaderror', elementType: 'cardNumber' });
  await merchant.event({ event: 'loaderror', elementType: 'cardCvc' });
  await merchant.event({ event: 'ready', elementType: 'cardExpiry' });

  await page.route('**/js/element.html?type=cardExpiry', (route) => route.abort());
  await page.route('**/js/format.js', (route) => route.abort());
  await merchant.open();
  for (const type of types) await merchant.event({ event: 'loaderror', elementType: type });
  const [first] = await page.evaluate(() => seen);
  expect(first.error).toMatchObject({ type: 'api_connection_error', message: expect.any(String) });
});
