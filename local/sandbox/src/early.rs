//! A create that confirms, where its intent is there before its card is charged (the switch `early_intents`).
//!
//! No document says when an intent can be read or listed first. All is decided at once; until the charge would be done, the intent
//! is shown as it was before, and locked.

use serde_json::Value;

use crate::api::{self, Call};
use crate::authentication::Authentication;
use crate::error::Error;
use crate::faults::{Fault, answers};
use crate::intent::{PaymentIntent, Status};
use crate::state::State;

/// What such a create comes to.
#[derive(Debug)]
pub(crate) struct Early {
    result: Result<Value, Error>,
    intent: PaymentIntent,
}

impl Early {
    /// Executes the create of a confirmed intent and hides what became of it; `None`: it is another request, or makes none.
    pub(crate) fn begin(state: &mut State, call: &Call, fault: Option<&Fault>) -> Option<Self> {
        let is_one = state.behaviour.early_intents && call.path == "/v1/payment_intents" && call.params.has("confirm", "true");
        if !is_one || answers::instead(fault).is_some() {
            return None;
        }
        let (before, now) = (state.intents.rows().len(), state.clock.now());
        let result = api::execute(state, call.clone(), now);
        let intent = state.intents.rows().get(before).cloned()?;
        let payment_method = state
            .charges
            .rows()
            .iter()
            .rfind(|charge| charge.payment_intent == intent.id)
            .map(|charge| charge.payment_method.clone());
        if let Some(stored) = state.intents.get_mut(intent.account, &intent.id) {
            stored.status = Status::RequiresConfirmation;
            stored.payment_method = payment_method.or(stored.payment_method.take());
            stored.amount_received = 0;
            stored.latest_charge = None;
            stored.last_payment_error = None;
            stored.authentication = Authentication::default();
        }
        // It was made just now: nobody holds it.
        let _ = state.locks.take(intent.account, &intent.id);
        Some(Self { result, intent })
    }

    /// The charge is done.
    pub(crate) fn finish(self, state: &mut State) -> Result<Value, Error> {
        let Self { result, intent } = self;
        state.locks.release(intent.account, &intent.id);
        let id = intent.id.clone();
        if let Some(stored) = state.intents.get_mut(intent.account, &id) {
            *stored = intent;
        }
        result
    }
}
