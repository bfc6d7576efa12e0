//! One world: a Stripe, the function in its environments, and a shopper with a browser. It lasts until all is settled.

use crate::audit::Audit;
use crate::choices::{Choices, Decision, Given};
use crate::client::Client;
use crate::fleet::{Fleet, OTHER_PRICES, PRICES, Version};
use crate::shared::Shared;
use crate::{clock, shopper};
use page::Engine;
use payments::catalog::Listed;
use sandbox::{InProcess, Options};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How large a world may get.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Things that go wrong, at most.
    pub(crate) faults: u32,
    /// What a shopper does in a tab, at most.
    pub(crate) deeds: u32,
}

/// What came of a world.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) faults: Vec<String>,
    pub(crate) story: String,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) checkouts: usize,
    pub(crate) requests: usize,
    /// What its pages showed.
    pub(crate) views: BTreeSet<String>,
}

pub(crate) struct World {
    pub(crate) engine: Rc<Engine>,
    pub(crate) shared: Shared,
    pub(crate) sandbox: Arc<InProcess>,
    pub(crate) fleet: Fleet,
    pub(crate) audit: RefCell<Audit>,
    pub(crate) changed: Notify,
    pub(crate) bounds: Bounds,
    /// The open pages, and what each shows.
    pub(crate) pages: RefCell<BTreeMap<u32, Value>>,
    pub(crate) last_page: Cell<u32>,
    /// `storage` events that a page has not heard yet.
    pub(crate) unheard: RefCell<BTreeMap<u32, u32>>,
    /// Until when a page hears of nothing.
    pub(crate) asleep: RefCell<BTreeMap<u32, Instant>>,
    /// What the pages showed, each as it is typical.
    pub(crate) views: RefCell<BTreeSet<String>>,
    /// Whether the browser's storage takes nothing more.
    pub(crate) is_full: Cell<bool>,
}

/// The one origin of the one browser.
pub(crate) const ORIGIN: u32 = 1;

impl World {
    /// Runs the world of a seed to its end.
    pub(crate) fn run(engine: &Rc<Engine>, seed: u64, bounds: Bounds) -> Outcome {
        Self::live_through(engine, seed, Choices::by_seed(seed), bounds)
    }

    /// Runs the world of these decisions to its end.
    pub(crate) fn rerun(engine: &Rc<Engine>, seed: u64, given: &Given, bounds: Bounds) -> Outcome {
        Self::live_through(engine, seed, Choices::given(given.clone()), bounds)
    }

    /// `seed`: of what is random, and no decision: ids, and how long a page waits.
    fn live_through(engine: &Rc<Engine>, seed: u64, choices: Choices, bounds: Bounds) -> Outcome {
        fastrand::seed(seed);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let Ok(runtime) = runtime else { return Outcome::broken("no runtime") };
        let local = tokio::task::LocalSet::new();
        let outcome = local.block_on(&runtime, async {
            let world = Rc::new(Self::new(engine.clone(), choices, bounds));
            world.clone().live().await;
            world.outcome()
        });
        engine.call("reset", ());
        outcome
    }

    fn new(engine: Rc<Engine>, choices: Choices, bounds: Bounds) -> Self {
        let shared = Shared::new(choices, bounds.faults);
        let wrong_by = [0.0, 7_200_000.0, -7_200_000.0, -400_000.0][shared.pick(&[12, 1, 1, 1], 1)];
        clock::begin(wrong_by);
        let options = Options { clock_ms: Some(clock::now_ms), latency: Duration::from_millis(400), ..Options::default() };
        let sandbox = Arc::new(InProcess::new(options));
        // What no document of Stripe's says, or what takes its time: the first is what the sandbox does by itself.
        let open = || shared.pick(&[2, 1], 1) == 1;
        let behaviour = json!({
            "keep_refusals": open(),
            "search_lag_ms": if open() { 60_000 } else { 0 },
            "list_lag_ms": if open() { 3000 } else { 0 },
            "compare_first": open(),
            "early_intents": open(),
            "in_use_is_invalid": open(),
        });
        let prices = [&[PRICES][..], &[PRICES, OTHER_PRICES]][shared.pick(&[5, 1], 1)];
        let authentication = [&["decline"][..], &["handle"], &["handle", "decline"]][shared.pick(&[1; 3], 2)];
        let versions = |price_list: &&'static [Listed]| {
            let price_list = *price_list;
            authentication.iter().map(move |authentication| Version { authentication, price_list })
        };
        let versions: Vec<Version> = prices.iter().flat_map(versions).collect();
        shared.story.step(format!("Stripe: {behaviour}; CARD_AUTHENTICATION: {authentication:?}, {} price lists", prices.len()));
        shared.story.step(format!("the shopper's clock is {wrong_by} ms ahead"));
        let audit = RefCell::new(Audit::new(sandbox.clone(), shared.clone()));
        audit.borrow_mut().has_one_version = versions.len() == 1;
        if let Err(error) = sandbox.behave(&behaviour.to_string()) {
            audit.borrow_mut().fault(error);
        }
        Self {
            engine,
            fleet: Fleet::new(sandbox.clone(), shared.clone(), versions),
            shared,
            sandbox,
            audit,
            changed: Notify::new(),
            bounds,
            pages: RefCell::default(),
            last_page: Cell::default(),
            unheard: RefCell::default(),
            asleep: RefCell::default(),
            views: RefCell::default(),
            is_full: Cell::default(),
        }
    }

    async fn live(self: Rc<Self>) {
        let is_page = self.shared.pick(&[2, 1], 2) == 0;
        let count = 1 + self.shared.pick(&[8, 2], 2);
        if is_page {
            shopper::shop(self.clone(), count).await;
            self.calm_down().await;
            // The next visit may be a day later.
            tokio::time::sleep(Duration::from_hours([0, 2, 25][self.shared.pick(&[4, 1, 1], 1)])).await;
            shopper::settle(self.clone()).await;
        } else {
            let client = Client::new(&self, count);
            client.shop(&self).await;
            self.calm_down().await;
            client.settle(&self).await;
        }
        self.audit.borrow_mut().close();
    }

    /// A quarter of an hour later nothing goes wrong any more.
    async fn calm_down(self: &Rc<Self>) {
        self.shared.calm_down();
        self.set_full(false);
        tokio::time::sleep(Duration::from_mins(15)).await;
        self.step("nothing goes wrong any more");
    }

    fn outcome(&self) -> Outcome {
        let mut audit = self.audit.borrow_mut();
        Outcome {
            faults: std::mem::take(&mut audit.faults),
            story: self.shared.story.text(),
            decisions: self.shared.decisions(),
            checkouts: audit.checkouts(),
            requests: self.sandbox.look(|ledger| ledger.requests.len()),
            views: self.views.take(),
        }
    }

    /// Whether nothing has gone wrong so far, and all environments have one price list.
    pub(crate) fn is_untroubled(&self) -> bool {
        self.shared.faults_left() == self.bounds.faults && self.fleet.has_one_price_list()
    }

    pub(crate) fn step(&self, what: impl AsRef<str>) {
        self.shared.story.step(what);
    }
}

impl Outcome {
    fn broken(why: &str) -> Self {
        Self {
            faults: vec![why.to_owned()],
            story: String::new(),
            decisions: Vec::new(),
            checkouts: 0,
            requests: 0,
            views: BTreeSet::new(),
        }
    }
}

/// Whole milliseconds of a duration.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
