//! Ten thousand checkouts against the shipped function, with everything going wrong that can, and every answer that a
//! shopper ever got audited against the ledger. `docs/chaos.md` says how to read what it prints.

mod audit;
mod book;
mod browser;
mod cart;
mod client;
mod contract_audit;
mod counts;
mod dice;
mod fetch;
mod final_audit;
mod gateway;
mod host;
mod left_behind;
mod merchant;
mod merchant_tools;
mod pages;
mod report;
mod request;
mod request_count;
mod settling;
mod shop;
mod shopper;
mod story;
mod stripe;
mod stripe_behaviour;
mod stripe_js;
mod tab;
mod weather;
mod yesterday;

use clap::Parser;
use futures_util::StreamExt as _;
use page::Sources;
use pages::Pages;
use report::Report;
use shop::{Plan, Progress, Shop};
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::LocalSet;

/// Shoppers of one shop: enough that a lookup has to turn a page, few enough that it ends in time.
const SHOPPERS: u32 = 250;
/// Shops that are open at the same time.
const SHOPS: usize = 3;
/// Between two lines of progress.
const TICK: Duration = Duration::from_secs(10);

/// Simulated shoppers against the payments function, faults on every hop, an audit of every answer
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// How many shoppers; each has one checkout or more
    #[arg(long, default_value_t = 10_000)]
    n: u32,
    /// The same seed draws the same schedule
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The function's binary
    #[arg(long)]
    function: PathBuf,
    /// The folder of the page's modules, instead of those that were built in
    #[arg(long)]
    page: Option<PathBuf>,
    /// Processes of the function at a time
    #[arg(long, default_value_t = 48)]
    processes: usize,
    /// Only this shop of the run
    #[arg(long)]
    shop: Option<u32>,
    /// Nothing goes wrong but what the merchant does: every payment must succeed at once
    #[arg(long)]
    calm: bool,
    /// How often the merchant rolls the key in each shop; by chance if not given
    #[arg(long)]
    rolls: Option<u32>,
    /// In some shops an idempotency key is known under one API key alone: no document says so, and none rules it out
    #[arg(long)]
    keys_by_api_key: bool,
    /// How many stories of failures are printed
    #[arg(long, default_value_t = 3)]
    stories: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.function.is_file() {
        println!("There is no function at {}. `make package` builds it.", arguments.function.display());
        return ExitCode::from(2);
    }
    let sources = arguments.page.as_deref().map_or_else(|| Ok(Sources::default()), Sources::read);
    match sources.and_then(|sources| Pages::new(sources, arguments.seed)) {
        Ok(pages) => LocalSet::new().run_until(run(&arguments, pages)).await,
        Err(error) => stop(&error),
    }
}

/// All shops. Their pages share a thread, for the engine has one.
async fn run(arguments: &Arguments, pages: Rc<Pages>) -> ExitCode {
    let plans: Vec<Plan> = plans(arguments).filter(|plan| arguments.shop.is_none_or(|only| plan.number == only)).collect();
    let mut report = Report::new(arguments);
    let progress = Progress::default();
    let open = |plan| tokio::task::spawn_local(Shop::run(plan, pages.clone(), progress.clone()));
    let mut shops = futures_util::stream::iter(plans).map(open).buffer_unordered(SHOPS);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        let shop = tokio::select! {
            shop = shops.next() => shop,
            _ = ticks.tick() => {
                report.progress(progress.load(Ordering::Relaxed));
                continue;
            }
        };
        let Some(shop) = shop else { break };
        match shop {
            Ok(Ok(closed)) => report.add(closed),
            Ok(Err(error)) => return stop(&error),
            Err(error) => return stop(&error.to_string()),
        }
    }
    report.print(&pages.errors())
}

fn stop(error: &str) -> ExitCode {
    println!("Chaos itself failed: {error}");
    ExitCode::from(2)
}

fn plans(arguments: &Arguments) -> impl Iterator<Item = Plan> {
    let n = arguments.n;
    (0..n.div_ceil(SHOPPERS)).map(move |number| Plan {
        seed: arguments.seed,
        number,
        shoppers: number * SHOPPERS..n.min((number + 1) * SHOPPERS),
        function: arguments.function.clone(),
        processes: (arguments.processes / SHOPS).max(1),
        calm: arguments.calm,
        rolls: arguments.rolls,
        keys_by_api_key: arguments.keys_by_api_key,
    })
}
