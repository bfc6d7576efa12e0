//! 3-D Secure: the shopper's bank wants to see the shopper before a card is charged.
//!
//! <https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions>. The challenge is the Stripe.js stand-in's;
//! what comes of it is told to [`crate::api::finish_authentication`].

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::{Clock, millis};
use crate::error::Error;
use crate::ids;
use crate::intent::{PaymentIntent, Status};
use crate::keys::AccountId;
use crate::payment_method::PaymentMethod;
use crate::table::Table;

/// How long the server may take to confirm an intent after its authentication.
const TO_CONFIRM: Duration = Duration::from_hours(1);

/// Who confirms an intent once its action is handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationMethod {
    /// Stripe itself: it is charged at once.
    #[default]
    Automatic,
    /// The server, within an hour. A publishable key may never confirm it.
    Manual,
}

/// How far the authentication of an intent's card has come.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    /// `request_three_d_secure`: `automatic`, `any` or `challenge`.
    pub(crate) requested: &'static str,
    /// What the shopper has to do, as Stripe shows it.
    pub(crate) next_action: Option<Value>,
    /// When the shopper did it, in milliseconds since the Unix epoch.
    completed_at: Option<u64>,
}

impl Default for Authentication {
    fn default() -> Self {
        Self { requested: "automatic", next_action: None, completed_at: None }
    }
}

impl Authentication {
    /// Forgets a pending challenge and a completed one.
    pub(crate) fn clear(&mut self) {
        self.next_action = None;
        self.completed_at = None;
    }
}

impl PaymentIntent {
    /// Whether the shopper has completed the challenge for this intent and this `PaymentMethod`.
    pub(crate) fn is_authenticated(&self, method: &PaymentMethod) -> bool {
        self.authentication.completed_at.is_some() && self.payment_method.as_ref() == Some(&method.id)
    }

    /// Whether the bank of this `PaymentMethod` wants to see the shopper first.
    pub(crate) fn wants_authentication(&self, method: &PaymentMethod) -> bool {
        let asked = self.authentication.requested != "automatic";
        method.card.wants_authentication(asked) && !self.is_authenticated(method)
    }

    /// Waits for the shopper.
    pub(crate) fn require_action(&mut self, method: &str) {
        let source = ids::object("src");
        let stripe_js = format!(
            "https://hooks.stripe.com/redirect/authenticate/{source}?client_secret=src_client_secret_{}",
            ids::random(24)
        );
        self.authentication.clear();
        self.status = Status::RequiresAction;
        self.payment_method = Some(method.to_owned());
        self.last_payment_error = None;
        self.authentication.next_action = Some(json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": stripe_js, "source": source },
        }));
    }

    /// The shopper has convinced the bank: waits for its confirmation.
    pub(crate) fn complete_authentication(&mut self, now_ms: u64) {
        self.status = Status::RequiresConfirmation;
        self.authentication.next_action = None;
        self.authentication.completed_at = Some(now_ms);
    }

    /// The shopper has not convinced the bank, or has given up.
    pub(crate) fn fail_authentication(&mut self, methods: &Table<PaymentMethod>) {
        let message = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new \
                       PaymentMethod to attempt to fulfill this PaymentIntent again.";
        self.lose_method(methods, "payment_intent_authentication_failure", message);
    }

    /// Falls back, if nothing has become of its authentication for an hour.
    pub(crate) fn expire_authentication(&mut self, methods: &Table<PaymentMethod>, clock: &Clock) {
        let overdue = self.authentication.completed_at.is_some_and(|completed| is_due(completed, clock));
        if overdue && self.status == Status::RequiresConfirmation {
            let message = "The latest payment attempt of this PaymentIntent has expired. You can provide payment_method_data or a \
                           new PaymentMethod to attempt to fulfill this PaymentIntent again.";
            self.lose_method(methods, "payment_intent_payment_attempt_expired", message);
        }
    }

    /// Makes its authentication as old as can be.
    pub(crate) fn age_authentication(&mut self) {
        self.authentication.completed_at = self.authentication.completed_at.map(|_| 0);
    }

    fn lose_method(&mut self, methods: &Table<PaymentMethod>, code: &str, message: &str) {
        let method = self.payment_method.take().and_then(|id| methods.get(self.account, &id));
        let error = Error::invalid(message).code(code).with("payment_method", json!(method.map(PaymentMethod::to_json)));
        self.authentication.clear();
        self.status = Status::RequiresPaymentMethod;
        self.last_payment_error = Some(error.object());
    }
}

/// The intents whose authentication was completed, in that order.
#[derive(Debug, Default)]
pub(crate) struct Authenticated {
    queue: VecDeque<(u64, AccountId, String)>,
}

impl Authenticated {
    pub(crate) fn push(&mut self, now_ms: u64, account: AccountId, intent: String) {
        self.queue.push_back((now_ms, account, intent));
    }

    /// The next one whose hour is over, whether or not it was confirmed meanwhile.
    pub(crate) fn due(&mut self, clock: &Clock) -> Option<(AccountId, String)> {
        let (_, account, intent) = self.queue.pop_front_if(|(completed, ..)| is_due(*completed, clock))?;
        Some((account, intent))
    }
}

fn is_due(completed: u64, clock: &Clock) -> bool {
    clock.now_ms() >= completed + millis(TO_CONFIRM)
}
