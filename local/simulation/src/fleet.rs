//! Lambda: environments of the function that are started, kept warm, frozen, killed and run out of time.

use crate::network::Network;
use crate::shared::{REQUESTS, Requests, Shared};
use crate::{clock, world};
use lambda_http::Context;
use payments::catalog::Listed;
use payments::money::Currency;
use payments::settings::Settings;
use payments::telemetry::Line;
use payments::{App, Platform};
use sandbox::InProcess;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Lambda's timeout in the templates.
const TIMEOUT: Duration = Duration::from_secs(25);

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With the requests that it sent to Stripe.
    Answer(Value, Requests),
    Timeout,
    Killed,
}

/// The function as deployed.
pub(crate) struct Fleet {
    idle: RefCell<Vec<Rc<App>>>,
    started: Cell<usize>,
    network: Arc<Network>,
    /// The versions of the environments, in turn.
    versions: Vec<Version>,
}

/// What differs between two versions of the function that run side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    /// `CARD_AUTHENTICATION`
    pub(crate) authentication: &'static str,
    pub(crate) price_list: &'static [Listed],
}

/// The prices. Two items cost the same: a total does not tell one cart from another.
pub(crate) const PRICES: &[Listed] = &[
    Listed { sku: "star-map", max_quantity: 10, prices: &[(Currency::Usd, 1099), (Currency::Cad, 1499)] },
    Listed { sku: "sun-map", max_quantity: 10, prices: &[(Currency::Usd, 1099), (Currency::Cad, 1499)] },
    Listed { sku: "tide-table", max_quantity: 10, prices: &[(Currency::Usd, 650), (Currency::Cad, 890)] },
];
/// The prices of another version.
pub(crate) const OTHER_PRICES: &[Listed] =
    &[Listed { sku: "star-map", max_quantity: 10, prices: &[(Currency::Usd, 999), (Currency::Cad, 1399)] }];

impl Fleet {
    pub(crate) fn new(sandbox: Arc<InProcess>, shared: Shared, versions: Vec<Version>) -> Self {
        let network = Arc::new(Network { sandbox, shared, lasting: Mutex::default() });
        Self { idle: RefCell::default(), started: Cell::default(), network, versions }
    }

    /// Hands an event to an environment that is idle, or to a new one. `kill` ends it after so long.
    pub(crate) async fn invoke(&self, event: &Value, kill: Option<Duration>) -> Ended {
        let warm = self.idle.borrow_mut().pop();
        let app = match warm {
            Some(app) => app,
            None => self.start().await,
        };
        let mut context = Context::default();
        "simulated".clone_into(&mut context.request_id);
        context.deadline = clock::now_ms() + world::millis(TIMEOUT);
        let event = event.to_string();
        let limit = kill.unwrap_or(TIMEOUT).min(TIMEOUT);
        let invoked = REQUESTS.scope(Cell::default(), async {
            let answer = app.invoke(&event, context).await;
            (answer, REQUESTS.get().get())
        });
        match tokio::time::timeout(limit, invoked).await {
            Ok((answer, requests)) => {
                self.idle.borrow_mut().push(app);
                Ended::Answer(answer, requests)
            }
            Err(_) if kill.is_some() => Ended::Killed,
            Err(_) => Ended::Timeout,
        }
    }

    pub(crate) fn has_one_price_list(&self) -> bool {
        self.versions.iter().all(|version| std::ptr::eq(version.price_list, self.versions[0].price_list))
    }

    /// Environments that are idle are used no more; one that works goes on, and is used again.
    pub(crate) fn deploy(&self) {
        self.idle.borrow_mut().clear();
    }

    async fn start(&self) -> Rc<App> {
        let number = self.started.get();
        self.started.set(number + 1);
        let sandbox = &self.network.sandbox;
        let publishable_key = sandbox.publishable_key();
        let Version { authentication, price_list } = self.versions[number % self.versions.len()];
        let variables = [
            ("STRIPE_SECRET_ID", sandbox.secret_id()),
            ("STRIPE_PUBLISHABLE_KEY", publishable_key.as_str()),
            ("STRIPE_API_BASE", "http://127.0.0.1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("CARD_AUTHENTICATION", authentication),
        ];
        let settings = Settings::from_vars(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let settings = settings.map(|settings| Settings { price_list, ..settings });
        let random_uuid = || uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        let platform = Platform { now_ms: clock::now_ms, random_uuid, network: Some(self.network.clone()) };
        let story = self.network.shared.story.clone();
        let tell = move |line: &Line| {
            if let Line::Payment(line) = line {
                story.step(format!("    function: {} {:?}, {} requests", line.outcome, line.code, line.attempts));
            }
        };
        let app = App::on(platform, settings, Box::new(tell));
        app.prime().await;
        Rc::new(app)
    }
}
