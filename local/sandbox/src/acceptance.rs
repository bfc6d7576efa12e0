//! Which kinds of PaymentMethod an intent accepts, and what that asks of its confirmation.
//!
//! Since 2023-08-16 an intent without `payment_method_types` takes whatever the Dashboard is set to; then
//! `error_on_requires_action` is refused, and confirming asks for a `return_url`.

use serde_json::{Value, json};

use crate::error::Error;
use crate::params::Params;
use crate::versions::Version;

/// The kinds of `PaymentMethod` an intent was created for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// `payment_method_types[]=card`, or no choice before 2023-08-16.
    Card,
    /// Dynamic payment methods, some of which may redirect the shopper.
    Dynamic { allow_redirects: &'static str },
}

/// What a request says about the course of its confirmation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course {
    pub(crate) error_on_requires_action: Option<bool>,
    pub(crate) return_url: Option<String>,
    /// Stripe.js handles what the confirmation asks for.
    pub(crate) use_stripe_sdk: bool,
}

impl Course {
    pub(crate) fn take(params: &mut Params) -> Result<Self, Error> {
        Ok(Self {
            error_on_requires_action: params.take_bool("error_on_requires_action")?,
            return_url: params.take("return_url")?,
            use_stripe_sdk: params.take_bool("use_stripe_sdk")?.unwrap_or(false),
        })
    }

    /// Refuses a request that says how to confirm, and does not confirm.
    pub(crate) fn must_be_absent(&self) -> Result<(), Error> {
        let given =
            [("error_on_requires_action", self.error_on_requires_action.is_some()), ("return_url", self.return_url.is_some())];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("`{name}` can only be used when `confirm` is set to true.");
                Err(Error::invalid(message).code("payment_intent_invalid_parameter").param(name))
            }
        }
    }
}

impl Acceptance {
    pub(crate) fn take(params: &mut Params, version: &Version) -> Result<Self, Error> {
        let types = params.take_list("payment_method_types");
        let enabled = params.take_bool("automatic_payment_methods[enabled]")?;
        let redirects = params.take_enum("automatic_payment_methods[allow_redirects]", &["always", "never"])?;
        if types.is_some() && !version.takes_payment_method_types() {
            let message = "`payment_method_types` is no longer supported. Use dynamic payment methods, and \
                           `allowed_payment_method_types` to narrow them.";
            return Err(Error::invalid(message).code("payment_method_types_no_longer_supported").param("payment_method_types"));
        }
        if redirects.is_some() && enabled.is_none() {
            return Err(Error::missing("automatic_payment_methods[enabled]"));
        }
        let dynamic = Self::Dynamic { allow_redirects: redirects.unwrap_or("always") };
        match (types, enabled) {
            (Some(_), Some(true)) => {
                let message = "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.";
                Err(Error::invalid(message))
            }
            (Some(types), _) if types != ["card"] => {
                let message = format!("The sandbox knows the PaymentMethod type card only, not {}.", types.join(", "));
                Err(Error::invalid(message).param("payment_method_types"))
            }
            (Some(_), _) | (None, Some(false)) => Ok(Self::Card),
            (None, Some(true)) => Ok(dynamic),
            (None, None) if version.has_dynamic_payment_methods() => Ok(dynamic),
            (None, None) => Ok(Self::Card),
        }
    }

    /// Refuses a confirmation that may end in a redirect no one can follow.
    pub(crate) fn check(self, course: &Course) -> Result<(), Error> {
        let Self::Dynamic { allow_redirects } = self else { return Ok(()) };
        if course.error_on_requires_action == Some(true) {
            let message =
                "`error_on_requires_action` cannot be used with dynamic payment methods. Pass `payment_method_types` as well.";
            return Err(Error::invalid(message).code("payment_intent_invalid_parameter").param("error_on_requires_action"));
        }
        if allow_redirects == "always" && course.return_url.is_none() {
            return Err(Error::invalid(
                "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment \
                 methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept \
                 redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and \
                 `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
            ));
        }
        Ok(())
    }

    /// `automatic_payment_methods` as Stripe shows it.
    pub(crate) fn to_json(self) -> Value {
        match self {
            Self::Card => Value::Null,
            Self::Dynamic { allow_redirects } => json!({ "allow_redirects": allow_redirects, "enabled": true }),
        }
    }

    /// `payment_method_configuration_details` as Stripe shows it.
    pub(crate) fn configuration(self) -> Value {
        match self {
            Self::Card => Value::Null,
            Self::Dynamic { .. } => json!({ "id": "pmc_1SandboxDefault", "parent": null }),
        }
    }
}
