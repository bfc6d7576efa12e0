// What a merchant's script does wrong is thrown as Stripe's IntegrationError.

class IntegrationError extends Error {
  name = 'IntegrationError';
}

function insist(condition, message) {
  if (!condition) throw new IntegrationError(message);
}
