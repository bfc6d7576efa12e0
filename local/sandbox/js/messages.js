// What the frames say, in the languages of Till's page. Codes are Stripe's.

const en = {
  title: {
    cardNumber: 'Secure card number input frame',
    cardExpiry: 'Secure expiration date input frame',
    cardCvc: 'Secure CVC input frame',
  },
  label: {
    cardNumber: 'Credit or debit card number',
    cardExpiry: 'Credit or debit card expiration date',
    cardCvc: 'Credit or debit card CVC/CVV',
  },
  placeholder: { cardNumber: '1234 1234 1234 1234', cardExpiry: 'MM / YY', cardCvc: 'CVC' },
  incomplete_number: 'Your card number is incomplete.',
  invalid_number: 'Your card number is invalid.',
  incomplete_expiry: 'Your card’s expiration date is incomplete.',
  invalid_expiry_year_past: 'Your card’s expiration year is in the past.',
  invalid_expiry_month_past: 'Your card’s expiration date is in the past.',
  invalid_expiry_year: 'Your card’s expiration year is invalid.',
  incomplete_cvc: 'Your card’s security code is incomplete.',
  api_connection_error:
    'We are experiencing issues connecting to our payments provider. Please check your internet connection and try again.',
  api_error: 'An unexpected error occurred. Please try again later.',
  payment_intent_authentication_failure:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  challenge: {
    title: 'Card authentication',
    text: 'Confirm this payment of {amount}.',
    test: 'This is a test of 3-D Secure: no bank is asked, and no money moves.',
    complete: 'Complete authentication',
    fail: 'Fail authentication',
    cancel: 'Cancel',
  },
};

const fr = {
  title: {
    cardNumber: 'Cadre sécurisé pour la saisie du numéro de carte',
    cardExpiry: 'Cadre sécurisé pour la saisie de la date d’expiration',
    cardCvc: 'Cadre sécurisé pour la saisie du code CVC',
  },
  label: {
    cardNumber: 'Numéro de carte de crédit ou de débit',
    cardExpiry: 'Date d’expiration de la carte de crédit ou de débit',
    cardCvc: 'Code CVC/CVV de la carte de crédit ou de débit',
  },
  placeholder: { cardNumber: '1234 1234 1234 1234', cardExpiry: 'MM / AA', cardCvc: 'CVC' },
  incomplete_number: 'Votre numéro de carte est incomplet.',
  invalid_number: 'Votre numéro de carte n’est pas valide.',
  incomplete_expiry: 'La date d’expiration de votre carte est incomplète.',
  invalid_expiry_year_past: 'L’année d’expiration de votre carte est dépassée.',
  invalid_expiry_month_past: 'La date d’expiration de votre carte est dépassée.',
  invalid_expiry_year: 'L’année d’expiration de votre carte n’est pas valide.',
  incomplete_cvc: 'Le code de sécurité de votre carte est incomplet.',
  api_connection_error:
    'Nous éprouvons des difficultés à joindre notre fournisseur de services de paiement. Vérifiez votre connexion Internet et réessayez.',
  api_error: 'Une erreur inattendue s’est produite. Réessayez plus tard.',
  payment_intent_authentication_failure:
    'Nous ne parvenons pas à authentifier votre mode de paiement. Choisissez un autre mode de paiement et réessayez.',
  challenge: {
    title: 'Authentification de la carte',
    text: 'Confirmez ce paiement de {amount}.',
    test: 'Ceci est un essai de 3-D Secure : aucune banque n’est consultée et aucune somme n’est prélevée.',
    complete: 'Réussir l’authentification',
    fail: 'Faire échouer l’authentification',
    cancel: 'Annuler',
  },
};

const es = {
  title: {
    cardNumber: 'Marco seguro para introducir el número de tarjeta',
    cardExpiry: 'Marco seguro para introducir la fecha de vencimiento',
    cardCvc: 'Marco seguro para introducir el CVC',
  },
  label: {
    cardNumber: 'Número de tarjeta de crédito o débito',
    cardExpiry: 'Fecha de vencimiento de la tarjeta de crédito o débito',
    cardCvc: 'CVC/CVV de la tarjeta de crédito o débito',
  },
  placeholder: { cardNumber: '1234 1234 1234 1234', cardExpiry: 'MM / AA', cardCvc: 'CVC' },
  incomplete_number: 'El número de tu tarjeta está incompleto.',
  invalid_number: 'El número de tu tarjeta no es válido.',
  incomplete_expiry: 'La fecha de vencimiento de tu tarjeta está incompleta.',
  invalid_expiry_year_past: 'El año de vencimiento de tu tarjeta ya pasó.',
  invalid_expiry_month_past: 'La fecha de vencimiento de tu tarjeta ya pasó.',
  invalid_expiry_year: 'El año de vencimiento de tu tarjeta no es válido.',
  incomplete_cvc: 'El código de seguridad de tu tarjeta está incompleto.',
  api_connection_error:
    'Tenemos problemas para conectarnos con nuestro proveedor de pagos. Comprueba tu conexión a Internet y vuelve a intentarlo.',
  api_error: 'Se produjo un error inesperado. Vuelve a intentarlo más tarde.',
  payment_intent_authentication_failure:
    'No podemos autenticar tu método de pago. Elige otro método de pago y vuelve a intentarlo.',
  challenge: {
    title: 'Autenticación de la tarjeta',
    text: 'Confirma este pago de {amount}.',
    test: 'Esta es una prueba de 3-D Secure: no se consulta a ningún banco ni se mueve dinero.',
    complete: 'Completar la autenticación',
    fail: 'Rechazar la autenticación',
    cancel: 'Cancelar',
  },
};

const zh = {
  title: {
    cardNumber: '安全卡号输入框',
    cardExpiry: '安全有效期输入框',
    cardCvc: '安全银行卡验证码输入框',
  },
  label: {
    cardNumber: '信用卡或借记卡卡号',
    cardExpiry: '信用卡或借记卡有效期',
    cardCvc: '信用卡或借记卡 CVC/CVV 验证码',
  },
  placeholder: { cardNumber: '1234 1234 1234 1234', cardExpiry: '月 / 年', cardCvc: 'CVC' },
  incomplete_number: '您的银行卡卡号不完整。',
  invalid_number: '您的银行卡卡号无效。',
  incomplete_expiry: '您的银行卡有效期不完整。',
  invalid_expiry_year_past: '您的银行卡有效期的年份已过。',
  invalid_expiry_month_past: '您的银行卡有效期已过。',
  invalid_expiry_year: '您的银行卡有效期的年份无效。',
  incomplete_cvc: '您的银行卡安全码不完整。',
  api_connection_error: '我们在连接支付服务提供商时遇到问题。请检查您的网络连接，然后重试。',
  api_error: '发生意外错误。请稍后重试。',
  payment_intent_authentication_failure:
    '我们无法验证您的支付方式。请选择其他支付方式，然后重试。',
  challenge: {
    title: '银行卡身份验证',
    text: '请确认这笔 {amount} 的付款。',
    test: '这是 3-D Secure 测试：不会联系任何银行，也不会产生实际扣款。',
    complete: '完成验证',
    fail: '验证失败',
    cancel: '取消',
  },
};

const languages = { en, fr, es, zh };

/** The languages there are words for. */
export const known = Object.keys(languages);

/** The language spoken for a locale: `auto` is the browser's; English where there are no words. */
export function languageOf(locale, browser) {
  const [language] = (locale === 'auto' ? browser : locale).toLowerCase().split('-');
  return Object.hasOwn(languages, language) ? language : 'en';
}

/** All words of a language that `languageOf` named. */
export const wordsOf = (language) => languages[language];
