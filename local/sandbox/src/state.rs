//! Everything that the sandbox remembers, behind one mutex.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;

use crate::Options;
use crate::authentication::Authenticated;
use crate::background::Background;
use crate::behaviour::Behaviour;
use crate::charge::Charge;
use crate::clock::{Clock, millis};
use crate::faults::Faults;
use crate::idempotency::Idempotency;
use crate::intent::PaymentIntent;
use crate::keys::{AccountId, KeyKind, Keys};
use crate::ledger::{Ledger, Log, View};
use crate::locks::Locks;
use crate::loopback;
use crate::payment_method::PaymentMethod;
use crate::refund::Refund;
use crate::secrets::Secrets;
use crate::table::{Stored, Table};

/// What the listener, the endpoints and the controls of one port share. The state is the same behind every port.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Arc<Mutex<State>>,
    pub(crate) faults: Faults,
    port: u16,
    storefront_port: Option<u16>,
    /// The access key id that alone may read the secret, where that is a real one.
    pub(crate) secret_only_for: Option<String>,
    closings: UnboundedSender<Duration>,
}

impl Shared {
    /// Each duration sent to `closings` closes the port for so long.
    pub(crate) fn new(options: Options, port: u16, closings: UnboundedSender<Duration>) -> Self {
        let (storefront_port, secret_only_for) = (options.storefront_port, options.secret_only_for.clone());
        let state = Arc::new(Mutex::new(State::new(options)));
        Self { state, faults: Faults::default(), port, storefront_port, secret_only_for, closings }
    }

    /// The same state behind another port, with faults of its own.
    pub(crate) fn beside(&self, port: u16, closings: UnboundedSender<Duration>) -> Self {
        let (storefront_port, secret_only_for) = (self.storefront_port, self.secret_only_for.clone());
        Self { state: Arc::clone(&self.state), faults: Faults::default(), port, storefront_port, secret_only_for, closings }
    }

    /// Whether a request comes from a page that is neither the sandbox's nor the storefront's.
    pub(crate) fn is_of_another_site(&self, headers: &HeaderMap) -> bool {
        let ports: Vec<u16> = [Some(self.port), self.storefront_port].into_iter().flatten().collect();
        loopback::is_of_another_site(headers, &ports)
    }

    /// The state as of now: what is due by the clock has happened.
    ///
    /// A panic in one request must not end the sandbox: the state is taken as that request left it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.expire_authentications();
        state
    }

    /// Ends all faults and forgets what happened.
    pub(crate) fn reset(&self) {
        self.faults.clear();
        self.state().reset();
    }

    /// Ends every connection, and refuses new ones for so long.
    pub(crate) fn close_port(&self, duration: Duration) {
        // There is no listener any more only where the sandbox is being dropped.
        let _ = self.closings.send(duration);
    }
}

/// Stripe's and Secrets Manager's side of the world.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) behaviour: Behaviour,
    /// As it was at the start, and is again after a reset.
    first_behaviour: Behaviour,
    pub(crate) background: Option<Background>,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    pub(crate) secrets: Secrets,
    pub(crate) idempotency: Idempotency,
    pub(crate) locks: Locks,
    pub(crate) intents: Table<PaymentIntent>,
    pub(crate) charges: Table<Charge>,
    pub(crate) payment_methods: Table<PaymentMethod>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) authenticated: Authenticated,
    pub(crate) log: Log,
    /// Counts resets: a request that began before one must not execute after it.
    pub(crate) epoch: u64,
}

impl State {
    fn new(options: Options) -> Self {
        let clock = Clock::new(options.clock_ms, options.behind);
        let keys = Keys::new(options.secret_key, options.publishable_key);
        let secrets = Secrets::new(secret_value(&keys), clock.now());
        let behaviour = Behaviour {
            latency_ms: millis(options.latency),
            background_per_day: options.background_per_day,
            ..Behaviour::default()
        };
        Self {
            background: Background::new(keys.account(), behaviour.background_per_day, clock.now_ms()),
            first_behaviour: behaviour.clone(),
            behaviour,
            clock,
            keys,
            secrets,
            idempotency: Idempotency::default(),
            locks: Locks::default(),
            intents: Table::default(),
            charges: Table::default(),
            payment_methods: Table::default(),
            refunds: Table::default(),
            authenticated: Authenticated::default(),
            log: Log::default(),
            epoch: 0,
        }
    }

    /// Forgets every object, idempotency key and request, turns every switch back, and sets the clock right. Keys stay as they are;
    /// the secret holds the current one again.
    pub(crate) fn reset(&mut self) {
        self.clock.reset();
        self.behave(self.first_behaviour.clone());
        self.idempotency = Idempotency::default();
        self.locks = Locks::default();
        self.intents = Table::default();
        self.charges = Table::default();
        self.payment_methods = Table::default();
        self.refunds = Table::default();
        self.authenticated = Authenticated::default();
        self.log.forget();
        self.epoch += 1;
        self.store_current_key();
    }

    /// Turns its switches. Payments in the background begin anew, with those of the last thirty days, if their rate is another.
    pub(crate) fn behave(&mut self, behaviour: Behaviour) {
        let per_day = behaviour.background_per_day;
        if per_day != self.behaviour.background_per_day {
            self.background = Background::new(self.keys.account(), per_day, self.clock.now_ms());
        }
        self.behaviour = behaviour;
    }

    /// The intent of that id, stored or of the background.
    pub(crate) fn intent(&self, account: AccountId, id: &str) -> Option<Cow<'_, PaymentIntent>> {
        let stored = self.intents.get(account, id).map(Cow::Borrowed);
        stored.or_else(|| self.behind(account, "pi", id).map(|(background, number)| Cow::Owned(background.intent(number))))
    }

    /// The charge of that id, stored or of the background.
    pub(crate) fn charge(&self, account: AccountId, id: &str) -> Option<Cow<'_, Charge>> {
        let stored = self.charges.get(account, id).map(Cow::Borrowed);
        stored
            .or_else(|| self.behind(account, "ch", id).and_then(|(background, number)| background.charge(number).map(Cow::Owned)))
    }

    /// The `PaymentMethod` of that id, stored or of the background.
    pub(crate) fn payment_method(&self, account: AccountId, id: &str) -> Option<Cow<'_, PaymentMethod>> {
        let stored = self.payment_methods.get(account, id).map(Cow::Borrowed);
        let made = || self.behind(account, "pm", id).and_then(|(background, number)| background.payment_method(number));
        stored.or_else(|| made().map(Cow::Owned))
    }

    /// The number that an id has in the background of that account.
    fn behind(&self, account: AccountId, prefix: &str, id: &str) -> Option<(&Background, u64)> {
        let background = self.background.as_ref().filter(|background| background.account == account)?;
        Some((background, background.number_in(prefix, id, self.clock.now_ms())?))
    }

    /// Rolls the secret key and stores the new one in Secrets Manager, as a rotation does.
    pub(crate) fn roll_key(&mut self) -> String {
        let key = self.keys.roll(KeyKind::Secret);
        self.store_current_key();
        key
    }

    pub(crate) fn switch_account(&mut self) {
        self.keys.switch_account();
        self.store_current_key();
    }

    /// Takes the card off each intent that was not confirmed within an hour of its authentication.
    fn expire_authentications(&mut self) {
        while let Some((account, intent)) = self.authenticated.due(&self.clock) {
            if let Some(intent) = self.intents.get_mut(account, &intent) {
                intent.expire_authentication(&self.payment_methods, &self.clock);
            }
        }
    }

    /// Takes the card off an intent that was authenticated, as if its hour were over.
    pub(crate) fn expire_authentication(&mut self, intent: &str) {
        let Some(account) = self.intents.of_any_account(intent).map(Stored::account) else { return };
        if let Some(intent) = self.intents.get_mut(account, intent) {
            intent.age_authentication();
            intent.expire_authentication(&self.payment_methods, &self.clock);
        }
    }

    fn store_current_key(&mut self) {
        let now = self.clock.now();
        self.secrets.put(secret_value(&self.keys), now);
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            intents: self.intents.rows(),
            charges: self.charges.rows(),
            payment_methods: self.payment_methods.rows(),
            refunds: self.refunds.rows(),
            requests: self.log.requests(),
        }
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let View { intents, charges, payment_methods, refunds, requests } = self.view();
        Ledger {
            intents: intents.to_vec(),
            charges: charges.to_vec(),
            payment_methods: payment_methods.to_vec(),
            refunds: refunds.to_vec(),
            requests: requests.to_vec(),
        }
    }
}

fn secret_value(keys: &Keys) -> String {
    json!({ "secret_key": keys.current(KeyKind::Secret) }).to_string()
}
