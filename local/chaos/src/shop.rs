//! One shop: a Stripe of its own, the function in several processes, and some hundred shoppers.

use crate::book::{Book, Checkout, Glimpse, Verdict};
use crate::cart::{Cart, Catalog};
use crate::counts::Counts;
use crate::dice::Dice;
use crate::merchant::Merchant;
use crate::pages::Pages;
use crate::stripe::Stripe;
use crate::stripe_behaviour::StripeBehaviour;
use crate::weather::{DEADLINE, Weather};
use crate::{final_audit, settling, shopper, story, yesterday};
use runtime::{Ending, Fate, Fleet, Function, HttpReply, HttpRequest};
use sandbox::{ConfirmationMethod, Door, Options, Sandbox};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The honest special case, told apart from the five.
const LATE_TOLD: &str = "copies and late first sends told not_attempted, though the checkout was paid";

/// How long Stripe takes for anything.
const LATENCY: Duration = Duration::from_millis(6);

/// How many shoppers have gone home, of all shops.
pub(crate) type Progress = Arc<AtomicU32>;

/// What a shop is opened with.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) number: u32,
    pub(crate) shoppers: Range<u32>,
    pub(crate) function: PathBuf,
    pub(crate) processes: usize,
    /// Nothing goes wrong but what the merchant does.
    pub(crate) calm: bool,
    /// So often the merchant rolls the key, or by chance.
    pub(crate) rolls: Option<u32>,
    /// Idempotency keys may belong to an API key.
    pub(crate) keys_by_api_key: bool,
}

impl Plan {
    /// The setting of a process. One shop in three is being deployed with the other setting the whole day long, so that its
    /// checkouts meet both; the next handles authentication, and the third declines it.
    fn card_authentication(&self, process: usize) -> &'static str {
        match self.number % 3 {
            0 if process.is_multiple_of(2) => "decline",
            2 => "decline",
            _ => "handle",
        }
    }
}

pub(crate) struct Shop {
    pub(crate) seed: u64,
    pub(crate) calm: bool,
    pub(crate) catalog: Catalog,
    pub(crate) sandbox: Sandbox,
    pub(crate) behaviour: StripeBehaviour,
    /// Its processes have both settings of `CARD_AUTHENTICATION`.
    pub(crate) switches_authentication: bool,
    pub(crate) doors: Vec<Door>,
    /// As deployed, in the order of the doors.
    functions: Vec<Function>,
    pub(crate) fleet: Fleet,
    pub(crate) stripe: Stripe,
    pub(crate) book: Arc<Book>,
    pub(crate) counts: Arc<Counts>,
    progress: Progress,
}

/// A shop's day, judged.
pub(crate) struct Closed {
    pub(crate) counts: Arc<Counts>,
    pub(crate) stories: Vec<story::Story>,
}

impl Shop {
    /// Opens a shop, lets its shoppers shop, settles what is left, and judges all of it.
    pub(crate) async fn run(plan: Plan, pages: Rc<Pages>, progress: Progress) -> Result<Closed, String> {
        let shop = Arc::new(Self::open(&plan, progress).await?);
        let mut merchant = Merchant::new(&plan);
        let left_open = if plan.calm { Vec::new() } else { yesterday::was(&shop, &plan.shoppers).await? };
        shop.sandbox.advance_clock(yesterday::AGO);
        let places = Arc::new(Semaphore::new(plan.processes * 3 / 2));
        let mut shoppers = JoinSet::new();
        for number in plan.shoppers.clone() {
            merchant.act(&shop, number);
            shop.use_tools(number).await;
            let place = places.clone().acquire_owned().await.map_err(|error| error.to_string())?;
            let found = left_open.iter().find(|(whose, _)| *whose == number).map(|(_, found)| found.clone());
            let (shop, pages) = (shop.clone(), pages.clone());
            shoppers.spawn_local(async move {
                shopper::shop(shop.clone(), pages, number, found).await;
                shop.progress.fetch_add(1, Ordering::Relaxed);
                drop(place);
            });
        }
        while shoppers.join_next().await.is_some() {}
        settling::wait_for_all(&shop).await;
        merchant.close(&shop);
        settling::settle(&shop, &pages, &plan).await;
        settling::void_copied(&shop).await;
        Ok(shop.judge(plan.number))
    }

    async fn open(plan: &Plan, progress: Progress) -> Result<Self, String> {
        let catalog = Catalog::read().map_err(|error| format!("static-site/catalog.json: {error}"))?;
        let options = Options { latency: LATENCY, behind: yesterday::AGO, ..Options::default() };
        let sandbox = Sandbox::start(options).await.map_err(|error| format!("the sandbox: {error}"))?;
        let (book, counts) = (Arc::new(Book::new()), Arc::new(Counts::default()));
        let behaviour = StripeBehaviour::of(plan);
        behaviour.apply(&sandbox);
        for words in behaviour.words() {
            counts.add(&words);
        }
        let mut doors = Vec::new();
        let mut functions = Vec::new();
        for number in 0..plan.processes {
            let door = sandbox.door().await.map_err(|error| format!("the sandbox: {error}"))?;
            let function = function(plan, &sandbox, &door, book.clone(), counts.clone());
            functions.push(function.variable("CARD_AUTHENTICATION", plan.card_authentication(number)));
            doors.push(door);
        }
        Ok(Self {
            seed: plan.seed,
            calm: plan.calm,
            catalog,
            behaviour,
            switches_authentication: plan.number.is_multiple_of(3),
            stripe: Stripe::new(sandbox.url()),
            sandbox,
            doors,
            fleet: Fleet::of(functions.clone()),
            functions,
            book,
            counts,
            progress,
        })
    }

    /// Deploys the current publishable key to every process, or to half of them only.
    pub(crate) fn deploy_publishable_key(&self, to_all: bool) {
        let key = self.sandbox.publishable_key();
        let with_key = |(number, function): (usize, &Function)| {
            let is_new = to_all || number.is_multiple_of(2);
            if is_new { function.clone().variable("STRIPE_PUBLISHABLE_KEY", &key) } else { function.clone() }
        };
        self.fleet.deploy(self.functions.iter().enumerate().map(with_key).collect());
    }

    /// `GET /api/config`. It has no outcome; what fails here is only asked again by whoever needs it.
    pub(crate) async fn config(&self, weather: Weather) -> Option<HttpReply> {
        let mut lease = self.fleet.lease().await;
        self.doors[lease.number()].faults().set(weather.rules);
        let fate = Fate { timeout: Some(weather.deadline), kill_after: weather.kill };
        let event = HttpRequest::get("/api/config").to_event();
        match lease.invoke(&event, fate).await.ending {
            Ending::Reply(response) => HttpReply::read(&response).filter(|reply| reply.status == 200),
            Ending::Timeout | Ending::Crashed(_) => None,
        }
    }

    /// The unpaid PaymentIntent of another checkout, of the same total; its id.
    pub(crate) async fn neighbour(&self, cart: &Cart, dice: &mut Dice) -> Option<String> {
        let now = now_ms();
        let id = self.book.open(u32::MAX, now, dice.bytes(), now);
        let amount = cart.shown.to_string();
        let form = [
            ("amount", amount.as_str()),
            ("currency", cart.currency),
            ("payment_method_types[]", "card"),
            ("metadata[till_checkout]", &id),
        ];
        let made = self.stripe.post("/v1/payment_intents", &self.sandbox.secret_key(), None, &form).await.ok()?;
        self.counts.add("PaymentIntents of others tried");
        made["id"].as_str().map(ToOwned::to_owned)
    }

    fn judge(&self, number: u32) -> Closed {
        let mut stories = Vec::new();
        let ledger = self.sandbox.ledger();
        let mut known = 0;
        let mut bought: BTreeMap<u32, Vec<Purchase>> = BTreeMap::new();
        let mut pages = self.book.all();
        for (id, page) in pages.iter_mut() {
            let glimpse = Glimpse::of(&self.sandbox, id);
            known += glimpse.paid().count();
            if glimpse.is_paid() {
                bought.entry(page.shopper).or_default().push(Purchase { began: page.began, forgotten: page.forgotten });
            }
            final_audit::close(page, &glimpse);
            self.counts.add_many(LATE_TOLD, page.copies_told.into());
            if !page.sends.is_empty() {
                self.counts.add("checkouts");
            }
        }
        for (id, page) in pages.iter_mut() {
            // Shoppers go when they have paid, so each pays once at most, over all checkouts.
            let glimpse = Glimpse::of(&self.sandbox, id);
            let is_double = bought
                .get(&page.shopper)
                .is_some_and(|purchases| Purchase { began: page.began, forgotten: page.forgotten }.is_double(purchases));
            if glimpse.is_paid() && is_double {
                page.faults.push((Verdict::DoubleCharge, "the shopper was charged in another checkout, too".to_owned()));
            }
        }
        let is_double = |page: &Checkout| page.faults.iter().any(|(verdict, _)| *verdict == Verdict::DoubleCharge);
        let doubly_charged: BTreeSet<_> = pages.values().filter(|page| is_double(page)).map(|page| page.shopper).collect();
        for (id, page) in pages.iter() {
            // All that was charged twice, and all that lay between, tells how.
            if !page.faults.is_empty() || doubly_charged.contains(&page.shopper) {
                stories.push(story::Story::of(number, id, page, &Glimpse::of(&self.sandbox, id), &ledger));
            }
        }
        let strays = ledger.paid_charges().count() - known;
        if strays > 0 {
            stories.push(story::Story::of_strays(number, strays));
        }
        let handled = ledger.intents().iter().filter(|intent| intent.confirmation_method == ConfirmationMethod::Manual).count();
        self.counts.add_many("PaymentIntents born to handle authentication", handled as u64);
        for fault in ledger.requests().iter().filter_map(|request| request.fault.as_ref()) {
            self.counts.add(&format!("fault: {fault}"));
        }
        self.counts.add_many("requests to Stripe and Secrets Manager", ledger.requests().len() as u64);
        Closed { counts: self.counts.clone(), stories }
    }
}

/// A checkout that was paid.
#[derive(Clone, Copy, Debug)]
struct Purchase {
    began: u64,
    forgotten: Option<u64>,
}

impl Purchase {
    /// Whether the shopper, or a page, knew of it when another one of these began; or of another one when this one began.
    fn is_double(self, purchases: &[Self]) -> bool {
        let follows =
            |later: Self, earlier: Self| later.began > earlier.began && earlier.forgotten.is_none_or(|at| at > later.began);
        purchases.iter().any(|other| follows(self, *other) || follows(*other, self))
    }
}

/// The function as deployed, behind a door of its own.
fn function(plan: &Plan, sandbox: &Sandbox, door: &Door, book: Arc<Book>, counts: Arc<Counts>) -> Function {
    Function::new(&plan.function)
        .variable("STRIPE_SECRET_ID", sandbox.secret_id())
        .variable("STRIPE_PUBLISHABLE_KEY", sandbox.publishable_key())
        .variable("STRIPE_API_BASE", door.url())
        .variable("AWS_ENDPOINT_URL", door.url())
        .variable("AWS_ACCESS_KEY_ID", "test")
        .variable("AWS_SECRET_ACCESS_KEY", "test")
        .variable("STAGE", "chaos")
        .timeout(DEADLINE)
        .init_limit(Duration::from_secs(8))
        .listener(move |line| story::hear(&book, &counts, line))
}

/// The real clock, Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
