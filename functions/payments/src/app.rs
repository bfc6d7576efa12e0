//! What a warm environment holds, and how an event becomes a response.

use crate::checkout::{CheckoutId, CheckoutProcessor, CheckoutRequest, Goal, Terms};
use crate::deadline;
use crate::http::{self, ApiRequest};
use crate::money::Currency;
use crate::network::Network;
use crate::outcome::{Outcome, Refusal, UnknownReason};
use crate::platform::Platform;
use crate::secret::{self, Secret};
use crate::settings::{Settings, SettingsError};
use crate::stripe::{Budget, CallStats, Client, Session};
use crate::telemetry::{self, Line, PaymentLine, Sink, Token, Trouble};
use crate::trust;
use futures_util::FutureExt as _;
use lambda_http::{Body, Context, Request, RequestExt as _, Response};
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::Instant;

/// Warming up may fail, and may not hold up the start.
const PRIME_LIMIT: Duration = Duration::from_millis(2500);

/// So much of an event's time may go by waiting for the secret.
const SECRET_SHARE: f64 = 0.25;

/// The function: settings, secret, connections, and where it tells what it did.
pub struct App {
    platform: Platform,
    parts: Option<Parts>,
    tell: Sink,
}

struct Parts {
    settings: Settings,
    secret: Secret,
    stripe: Client,
}

/// What one payment event left behind for the log.
#[derive(Default)]
struct Trace {
    checkout: Option<CheckoutId>,
    payment_intent: Option<Token>,
    amount: Option<u64>,
    currency: Option<Currency>,
    stats: CallStats,
}

impl App {
    /// Builds the function. With wrong settings it says so once, and then answers 503 to everybody: an environment that
    /// fails to start would only be started again.
    pub fn new(settings: Result<Settings, SettingsError>, tell: Sink) -> Self {
        Self::on(Platform::default(), settings, tell)
    }

    /// The same on another platform.
    pub fn on(platform: Platform, settings: Result<Settings, SettingsError>, tell: Sink) -> Self {
        let parts = match settings {
            Ok(settings) => Parts::new(settings, &platform).map_err(Trouble::Start),
            Err(error) => Err(Trouble::Settings(error)),
        };
        let parts = parts.map_err(|trouble| tell(&Line::Trouble(trouble))).ok();
        Self { platform, parts, tell }
    }

    /// Reads the secret and opens a connection to Stripe, side by side, before the first shopper waits for them.
    pub async fn prime(&self) {
        let began = Instant::now();
        if let Some(parts) = &self.parts {
            self.warm(parts, secret::MAX_AGE).await;
        }
        self.tell_of_refreshes();
        (self.tell)(&Line::Start(millis(began.elapsed())));
    }

    /// Answers Lambda's raw event by API Gateway's payload 2.0. Never fails: any text gets an outcome.
    pub async fn invoke(&self, event: &str, context: Context) -> Value {
        let response = match http::read_event(event, context) {
            Some(request) => self.handle(request).await,
            None => http::of_outcome(&Outcome::Unknown(UnknownReason::Unreadable)),
        };
        http::to_json(&response)
    }

    /// Answers a request. A panic, too, becomes an answer, and it is `unknown`.
    pub async fn handle(&self, event: Request) -> Response<Body> {
        let now = (self.platform.now_ms)();
        let budget = Budget::new(deadline::budget(&event, now));
        let answer = AssertUnwindSafe(self.answer(&event, now, budget)).catch_unwind().await.unwrap_or_else(|_| {
            let outcome = Outcome::Unknown(UnknownReason::Panic);
            (self.tell)(&Trace::default().line(&outcome, &event, budget.elapsed()));
            http::of_outcome(&outcome)
        });
        self.tell_of_refreshes();
        answer
    }

    async fn answer(&self, event: &Request, now: u64, budget: Budget) -> Response<Body> {
        let mut trace = Trace::default();
        let outcome = match self.parts.as_ref().map(|parts| (parts, ApiRequest::read(event, &parts.settings, now))) {
            Some((parts, ApiRequest::Config)) => {
                self.warm(parts, secret::RENEW_AGE).await;
                return http::config(&parts.settings, now);
            }
            Some((parts, ApiRequest::Checkout(request))) => self.process(parts, request, budget, now, &mut trace).await,
            Some((_, ApiRequest::Rejected { resend, refusal })) => unprocessed(resend, refusal),
            None => unprocessed(http::is_resend(event, now), Refusal::ServiceUnavailable),
        };
        (self.tell)(&trace.line(&outcome, event, budget.elapsed()));
        http::of_outcome(&outcome)
    }

    /// Brings a request to its outcome.
    async fn process(&self, parts: &Parts, request: CheckoutRequest, budget: Budget, now_ms: u64, trace: &mut Trace) -> Outcome {
        if let (false, Goal::Close(refusal)) = (request.resend, &request.goal) {
            return unprocessed(false, refusal.clone());
        }
        trace.note(&request);
        let account = match parts.secret.account(secret::MAX_AGE, budget.left(SECRET_SHARE)).await {
            Ok(account) => account,
            Err(error) => {
                (self.tell)(&Line::Trouble(Trouble::Secret(error)));
                return unprocessed(request.resend, Refusal::ServiceUnavailable);
            }
        };
        let terms = Terms {
            statement_descriptor_suffix: parts.settings.statement_descriptor_suffix.as_deref(),
            card_authentication: parts.settings.card_authentication,
            paused: account.paused(),
            now_ms,
            nonce: (self.platform.random_uuid)(),
        };
        let stripe = Session::new(&parts.stripe, &parts.secret, account, budget);
        let mut processor = CheckoutProcessor { stripe, terms };
        let outcome = processor.process(request).await;
        trace.stats = processor.stripe.stats().clone();
        outcome
    }

    fn tell_of_refreshes(&self) {
        match self.parts.as_ref().map_or(0, |parts| parts.secret.take_refreshes()) {
            0 => {}
            times => (self.tell)(&Line::SecretRefresh(times)),
        }
    }

    async fn warm(&self, parts: &Parts, secret_age: Duration) {
        let both = async { futures_util::join!(parts.secret.account(secret_age, PRIME_LIMIT), parts.stripe.warm()) };
        if let Ok((Err(error), ())) = tokio::time::timeout(PRIME_LIMIT, both).await {
            (self.tell)(&Line::Trouble(Trouble::Secret(error)));
        }
    }
}

impl Parts {
    fn new(settings: Settings, platform: &Platform) -> Result<Self, String> {
        let aws_endpoint = settings.aws.endpoint_url.as_deref().unwrap_or_default();
        let (to_stripe, to_aws) = if let Some(network) = &platform.network {
            (Network::simulated(network.clone()), Network::simulated(network.clone()))
        } else {
            let tls = trust::client_config(settings.extra_authorities.as_deref())?;
            let open = |endpoint| Network::new(tls.clone(), endpoint).map_err(|error| error.to_string());
            (open(&settings.stripe_api_base)?, open(aws_endpoint)?)
        };
        let secret = Secret::new(&settings, to_aws, platform.now_ms);
        let stripe = Client::new(settings.stripe_api_base.clone(), to_stripe);
        Ok(Self { settings, secret, stripe })
    }
}

impl Trace {
    fn note(&mut self, request: &CheckoutRequest) {
        self.checkout = Some(request.checkout);
        match &request.goal {
            Goal::Pay(pay) => {
                (self.amount, self.currency) = (Some(pay.order.total().amount()), Some(pay.order.total().currency()));
            }
            Goal::Confirm(confirm) => {
                (self.amount, self.currency) = (Some(confirm.expected_total), Some(confirm.currency));
                self.payment_intent = Some(Token::new(confirm.payment_intent.as_str()));
            }
            Goal::Close(_) => {}
        }
    }

    fn line(self, outcome: &Outcome, event: &Request, elapsed: Duration) -> Line {
        let (name, code) = telemetry::names(outcome);
        let paid = match outcome {
            Outcome::Paid(receipt) => Some(receipt),
            _ => None,
        };
        Line::Payment(Box::new(PaymentLine {
            request_id: Token::new(event.lambda_context_ref().map_or("none", |context| &context.request_id)),
            checkout: self.checkout,
            payment_intent: outcome.payment_intent().map(Token::new).or(self.payment_intent),
            outcome: name,
            code,
            amount: paid.map(|receipt| receipt.amount).or(self.amount),
            currency: paid.and_then(|receipt| Currency::parse(&receipt.currency)).or(self.currency),
            stripe_request_id: self.stats.request_id.as_deref().map(Token::new),
            attempts: self.stats.attempts,
            stripe_ms: millis(self.stats.latency),
            ms: millis(elapsed),
        }))
    }
}

/// The outcome of a request that asks nothing of Stripe: a refusal proves something to a first send only.
fn unprocessed(resend: bool, refusal: Refusal) -> Outcome {
    match (resend, refusal.checkout()) {
        (true, _) => Outcome::Unknown(UnknownReason::NotClosed),
        (false, checkout) => Outcome::NotAttempted { refusal, checkout },
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
