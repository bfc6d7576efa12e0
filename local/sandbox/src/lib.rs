#![doc = include_str!("../README.md")]
#![recursion_limit = "256"]

mod acceptance;
mod api;
mod authentication;
mod background;
mod behaviour;
mod browser;
mod cards;
mod charge;
mod clock;
mod connection;
mod controls;
mod door;
mod early;
mod error;
mod faults;
mod idempotency;
mod ids;
mod in_process;
mod incoming;
mod intent;
mod keys;
mod ledger;
mod listener;
mod locks;
mod loopback;
mod metadata;
mod params;
mod payment_method;
mod refund;
mod reply;
mod router;
mod secrets;
mod state;
mod stripe;
mod table;
mod versions;
mod visit;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use authentication::ConfirmationMethod;
pub use charge::Charge;
pub use door::Door;
pub use faults::{Fault, Faults, Match, Rule, Seen};
pub use in_process::{Cut, InProcess};
pub use intent::{PaymentIntent, Status};
pub use ledger::{Ledger, Request, View};
pub use payment_method::PaymentMethod;
pub use refund::Refund;

use axum::Router;
use keys::KeyKind;
use state::Shared;

/// How a sandbox starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// A fixed secret key (`sk_test_…`); else a new one at every start.
    pub secret_key: Option<String>,
    /// A fixed publishable key (`pk_test_…`); else a new one at every start.
    pub publishable_key: Option<String>,
    /// How long Stripe takes to execute a request. Meanwhile its idempotency key is in use.
    pub latency: Duration,
    /// How many paid `PaymentIntents` of other checkouts there are a day: see [`Sandbox::set_background`].
    pub background_per_day: u64,
    /// The port of the storefront whose pages may turn the sandbox's controls, beside the sandbox's own frames. Pages of other
    /// sites are refused; programs, which send no `Origin`, are not.
    pub storefront_port: Option<u16>,
    /// Where the secret is a real one ([`Sandbox::put_secret`]): its ports serve Secrets Manager alone, and that to requests
    /// alone that are signed with this access key id. Make it at random.
    pub secret_only_for: Option<String>,
    /// How far the sandbox's clock starts behind the real one, for what was done yesterday. [`Sandbox::advance_clock`] catches up.
    pub behind: Duration,
    /// A simulation's clock, in milliseconds since 1970; else the real one.
    pub clock_ms: Option<fn() -> u64>,
}

/// A running sandbox. It serves on the current tokio runtime until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Binds 127.0.0.1 and serves. The error is the port's, if it cannot be bound.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let (closings, closed) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(options, address.port(), closings));
        let router = router::router(Arc::clone(&shared));
        let server = tokio::spawn(listener::serve(listener, address, router, closed));
        Ok(Self { address, shared, server })
    }

    /// Opens one more port on the same state, with a schedule of faults of its own. The error is the port's.
    pub async fn door(&self) -> std::io::Result<Door> {
        Door::open(&self.shared).await
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The current secret key, `sk_test_…`.
    pub fn secret_key(&self) -> String {
        self.shared.state().keys.current(KeyKind::Secret)
    }

    /// The current restricted key, `rk_test_…`: `PaymentIntents`: Write, `PaymentMethods`: Read.
    pub fn restricted_key(&self) -> String {
        self.shared.state().keys.current(KeyKind::Restricted)
    }

    /// The current publishable key, `pk_test_…`.
    pub fn publishable_key(&self) -> String {
        self.shared.state().keys.current(KeyKind::Publishable)
    }

    /// The secret's name for `GetSecretValue`, which answers `{"secret_key": "sk_test_…"}`.
    pub fn secret_id(&self) -> &'static str {
        secrets::SECRET_ID
    }

    /// Everything that happened so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.state().ledger()
    }

    /// Reads what happened so far in place, at one moment: the sandbox waits meanwhile.
    pub fn look<T>(&self, read: impl FnOnce(View<'_>) -> T) -> T {
        read(self.shared.state().view())
    }

    /// Ends all faults, forgets every object, idempotency key and request, turns every switch of its behaviour back as it was
    /// at the start, and sets the clock right.
    /// Keys stay as they are; the secret holds the current one.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// The switchboard of what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Ends every connection now, and refuses new ones for so long.
    pub fn refuse_connections(&self, duration: Duration) {
        self.shared.close_port(duration);
    }

    /// Moves the sandbox's clock forward.
    pub fn advance_clock(&self, by: Duration) {
        self.shared.state().clock.advance(by);
    }

    /// Lets the hour go by in which an intent that was authenticated may be confirmed; nothing else grows older.
    pub fn expire_authentication(&self, intent: &str) {
        self.shared.state().expire_authentication(intent);
    }

    /// Gives back the charge of a `PaymentIntent`, as the merchant does in the Dashboard: so much in the currency's minor unit,
    /// or all that is left of it. The error is what Stripe would say.
    pub fn refund(&self, payment_intent: &str, amount: Option<u64>) -> Result<Refund, String> {
        let mut state = self.shared.state();
        api::refund_any(&mut state, payment_intent, amount).map_err(|error| error.message())
    }

    /// Lets search find an intent, or a change of its metadata, only when it is that old: Stripe's is "searchable in less than
    /// a minute" (<https://docs.stripe.com/search#data-freshness>).
    pub fn set_search_lag(&self, lag: Duration) {
        self.shared.state().behaviour.search_lag_ms = clock::millis(lag);
    }

    /// Takes so long, in whole milliseconds, to execute a request to Stripe.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.state().behaviour.latency_ms = clock::millis(latency);
    }

    /// Lists so many paid `PaymentIntents` of other checkouts a day, as a busy shop has them: made evenly through the last thirty
    /// days, and on. They are computed while listing. They can be read, not changed; search and the ledger do not know them.
    pub fn set_background(&self, per_day: u64) {
        let mut state = self.shared.state();
        let behaviour = state.behaviour.clone();
        state.behave(behaviour::Behaviour { background_per_day: per_day, ..behaviour });
    }

    /// Keeps every 400 and 404 of a POST that was let in under its idempotency key, such as that of a used `PaymentMethod`: what
    /// <https://docs.stripe.com/error-low-level#idempotency> leaves open, as it exempts most refusals, not all.
    pub fn keep_refusals(&self, keep: bool) {
        self.shared.state().behaviour.keep_refusals = keep;
    }

    /// Knows an idempotency key under the API key alone that it was first sent with: under a rolled one it executes anew. No
    /// document of Stripe's says which; without this the whole account knows it.
    pub fn scope_keys_by_api_key(&self, scope: bool) {
        self.shared.state().behaviour.keys_by_api_key = scope;
    }

    /// Lets the list show an intent only when it is that old, in whole seconds. No document says that it is shown at once.
    pub fn set_list_lag(&self, lag: Duration) {
        self.shared.state().behaviour.list_lag_ms = clock::millis(lag);
    }

    /// Notices other parameters under an idempotency key although its first request still runs: 400, not 409. No document says
    /// which comes first.
    pub fn compare_first(&self, compare: bool) {
        self.shared.state().behaviour.compare_first = compare;
    }

    /// Shows the intent of a create that confirms before its card is charged: unpaid, and locked. No document says when it is
    /// there first.
    pub fn show_intents_early(&self, early: bool) {
        self.shared.state().behaviour.early_intents = early;
    }

    /// Answers a key that is in use by an `invalid_request_error`. <https://docs.stripe.com/api/errors> has two types that fit.
    pub fn in_use_is_invalid(&self, invalid: bool) {
        self.shared.state().behaviour.in_use_is_invalid = invalid;
    }

    /// Stores another value in Secrets Manager; the one before it becomes `AWSPREVIOUS`.
    pub fn put_secret(&self, value: &str) {
        let mut state = self.shared.state();
        let now = state.clock.now();
        state.secrets.put(value.to_owned(), now);
    }

    /// Rolls the secret key: the old one is expired at once, Secrets Manager holds the new one, which is returned.
    pub fn roll_key(&self) -> String {
        self.shared.state().roll_key()
    }

    /// Rolls the publishable key within the account: the old one is expired at once; the new one, which is returned, begins
    /// with the same `pk_test_51` and fourteen characters.
    pub fn roll_publishable_key(&self) -> String {
        self.shared.state().keys.roll(KeyKind::Publishable)
    }

    /// Moves to another account of Stripe, with other keys and no objects, and stores its secret key in Secrets Manager.
    pub fn switch_account(&self) {
        self.shared.state().switch_account();
    }
}

/// Serves a router on 127.0.0.1 as the sandbox is served: a request whose `Host` is not this machine and that very port is
/// refused with 421, and a connection that sends no complete header within ten seconds is ended. The error is the port's.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let (_open, closings) = mpsc::unbounded_channel();
    listener::serve(listener, address, router, closings).await;
    Ok(())
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
