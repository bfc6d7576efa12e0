//! How many requests one invocation sent to Stripe, counted by the sandbox where they arrive.

use sandbox::{Door, Fault, Match, Rule};

/// As the function's own limit (`MAX_REQUESTS` in functions/payments/src/stripe/session.rs).
pub(crate) const MAX_REQUESTS: u64 = 16;

/// The requests to Stripe that came through a door since its rules were set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestCount {
    pub(crate) all: u64,
    /// POSTs: all that can change anything at Stripe.
    pub(crate) writes: u64,
    /// The POSTs that can charge a PaymentIntent that exists.
    pub(crate) confirms: u64,
}

/// Rules that never hit a request, but count it. They stand behind all others.
pub(crate) fn rules() -> [Rule; 3] {
    let count = |method: Option<&str>, path: &str| {
        let matching =
            Match { method: method.map(str::to_owned), path: Some(path.to_owned()), times: Some(0), ..Match::default() };
        Rule { matching, fault: Some(Fault::Delay { ms: 0 }), should_retry: None }
    };
    [count(None, "/v1/*"), count(Some("POST"), "/v1/*"), count(Some("POST"), "/v1/payment_intents/*/confirm")]
}

impl RequestCount {
    /// Reads the counts of the rules that were set last.
    pub(crate) fn read(door: &Door) -> Self {
        match door.faults().seen().as_slice() {
            [.., all, writes, confirms] => Self { all: all.matched, writes: writes.matched, confirms: confirms.matched },
            _ => Self::default(),
        }
    }
}
