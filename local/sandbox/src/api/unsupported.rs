//! Parameters that Stripe knows and the sandbox does not: refused in words that do not blame the caller.

/// Of PaymentIntents, as of 2026-07-29.dahlia.
pub(crate) const OF_INTENTS: &[&str] = &[
    "allowed_payment_method_types",
    "amount_details",
    "amount_to_confirm",
    "application_fee_amount",
    "capture_method",
    "confirmation_token",
    "customer",
    "customer_account",
    "excluded_payment_method_types",
    "hooks",
    "mandate",
    "mandate_data",
    "off_session",
    "on_behalf_of",
    "payment_details",
    "payment_method_configuration",
    "payment_method_data",
    "payment_method_options",
    "radar_options",
    "setup_future_usage",
    "shipping",
    "transfer_data",
    "transfer_group",
];

/// Of updating a PaymentIntent, beside those.
pub(crate) const OF_UPDATES: &[&str] =
    &["amount", "currency", "payment_method", "payment_method_types", "statement_descriptor", "statement_descriptor_suffix"];

/// Of refunds: of a charge by its id, and what concerns connected accounts and other kinds of PaymentMethod.
pub(crate) const OF_REFUNDS: &[&str] =
    &["charge", "currency", "customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer"];

/// Of PaymentMethods: the card's own, and a customer's.
pub(crate) const OF_METHODS: &[&str] = &["customer", "customer_account", "expand", "payment_method", "radar_options"];
