//! What a payment costs, from the start of a process on: Till's shipped binary, the same payment on the official Node and Python
//! SDKs, and an empty function, one after the other in turns, against fakes of Stripe and Secrets Manager over TLS.

mod answers;
mod certificate;
mod contender;
mod fake;
mod far;
mod lambda;
mod plot;
mod process;
mod statistics;
mod table;
mod trial;
mod visit;

use clap::Parser;
use contender::{Contender, Surroundings};
use fake::{Delay, Fake};
use lambda::Sized;
use runtime::Fleet;
use serde::Serialize;
use statistics::Summary;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use trial::millis;

const ROUND_TRIP: Duration = Duration::from_millis(1);
const STRIPE: Duration = Duration::from_millis(250);
const SECRETS_MANAGER: Duration = Duration::from_millis(15);
/// TCP, TLS 1.3, and the request itself.
const ROUND_TRIPS_OF_A_FIRST_ANSWER: u32 = 3;

/// Measures and compares.
#[derive(Parser)]
struct Plan {
    /// Till's bootstrap, its zip beside it.
    #[arg(long)]
    till: PathBuf,
    /// The empty function's bootstrap, its zip beside it.
    #[arg(long)]
    floor: PathBuf,
    /// The folder of the peers, as tools/bench-peers built them.
    #[arg(long)]
    peers: PathBuf,
    /// Processes of each function with fakes that answer at once; half as many with delays.
    #[arg(long, default_value_t = 20)]
    starts: u32,
    /// Payments in each process after the first; with delays a twentieth of them.
    #[arg(long, default_value_t = 200)]
    payments: u32,
    /// Where report.md, report.json and performance.svg go.
    #[arg(long)]
    out: PathBuf,
}

/// All that is written down.
#[derive(Serialize)]
struct Report {
    at_once: Vec<Summary>,
    with_delays: Vec<Summary>,
    visits: Vec<visit::Visit>,
    /// What a first payment waits for at the least, with delays.
    unavoidable_ms: f64,
    sized: Vec<Sized>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let plan = Plan::parse();
    std::fs::create_dir_all(&plan.out)?;
    let (tls, authority) = certificate::make(&plan.out)?;
    let contenders = contender::all(&plan);

    let stripe = Fake::start(tls.clone(), Delay::default(), answers::stripe)?;
    let secrets_manager = Fake::start(tls.clone(), Delay::default(), answers::secrets_manager)?;
    let near = World { stripe, secrets_manager, authority: &authority };
    let at_once = near.compare(&contenders, plan.starts, plan.payments).await?;

    let slow = |answer| Delay { round_trip: ROUND_TRIP, answer };
    let stripe = Fake::start(tls.clone(), slow(STRIPE), answers::stripe)?;
    let secrets_manager = Fake::start(tls, slow(SECRETS_MANAGER), answers::secrets_manager)?;
    let far = World { stripe, secrets_manager, authority: &authority };
    let with_delays = far.compare(&contenders, plan.starts.div_ceil(2), plan.payments.div_ceil(20)).await?;
    let visits = visit::run(&mut *far.fleet(&contenders[0]).lease().await, &far.stripe).await?;

    let payment = ROUND_TRIP + STRIPE;
    let sized = |(near, far)| lambda::MEMORY.map(|memory| Sized::of(near, far, millis(payment), memory));
    let peers = || at_once.iter().zip(&with_delays).filter(|(near, _)| near.name != contender::FLOOR);
    let report = Report {
        unavoidable_ms: millis(ROUND_TRIP * ROUND_TRIPS_OF_A_FIRST_ANSWER + SECRETS_MANAGER + payment),
        sized: peers().flat_map(sized).collect(),
        at_once: at_once.clone(),
        with_delays: with_delays.clone(),
        visits,
    };
    let text = [
        table::measured("Answered at once", &report.at_once),
        table::measured("With delays: Stripe 250 ms, Secrets Manager 15 ms, 1 ms a round trip", &report.with_delays),
        table::visits(&report.visits),
        table::sized(&report.sized),
        table::goals(&report),
    ]
    .join("\n");
    println!("{text}");
    std::fs::write(plan.out.join("report.md"), text)?;
    std::fs::write(plan.out.join("report.json"), serde_json::to_string_pretty(&report)?)?;
    std::fs::write(plan.out.join("performance.svg"), plot::svg(&report.at_once))?;
    Ok(())
}

/// A Stripe and a Secrets Manager, and who vouches for them.
struct World<'a> {
    stripe: Fake,
    secrets_manager: Fake,
    authority: &'a Path,
}

impl World<'_> {
    fn fleet(&self, contender: &Contender) -> Fleet {
        let around =
            Surroundings { stripe: &self.stripe.url, secrets_manager: &self.secrets_manager.url, authority: self.authority };
        Fleet::start(&contender.function(&around), 1)
    }

    /// In turns, so that what slows this machine slows all. A round before the first warms the disk's cache.
    async fn compare(&self, contenders: &[Contender], starts: u32, payments: u32) -> Result<Vec<Summary>, Box<dyn Error>> {
        let fleets: Vec<_> = contenders.iter().map(|contender| self.fleet(contender)).collect();
        let mut trials = vec![Vec::new(); contenders.len()];
        for round in 0..=starts {
            for (fleet, trials) in fleets.iter().zip(&mut trials) {
                let mut environment = fleet.lease().await;
                let trial = trial::run(&mut environment, payments).await?;
                environment.recycle().await;
                if round > 0 {
                    trials.push(trial);
                }
            }
        }
        let summaries = contenders.iter().zip(&trials);
        summaries.map(|(contender, trials)| Ok(Summary::of(contender.name, contender.package_size()?, trials))).collect()
    }
}
