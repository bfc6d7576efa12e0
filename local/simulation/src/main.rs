//! The whole shop in one process: the page's own code, the function and the sandbox, in virtual time. See docs/proof.md.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod answer_audit;
mod audit;
mod browser;
mod choices;
mod client;
mod clock;
mod count;
mod explore;
mod final_audit;
mod fleet;
mod hunt;
mod merchant;
mod network;
mod order;
mod pages;
mod receipt_audit;
mod request_audit;
mod shared;
mod shopper;
mod shrink;
mod simulate;
mod story;
mod views;
mod world;

use choices::Given;
use clap::{Parser, Subcommand};
use explore::Exploration;
use page::{Engine, Host, Sources};
use shrink::shrink;
use simulate::Simulation;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;
use world::{Bounds, Outcome, World};

/// A tenth of the time went into the system's allocator; the JavaScript engine takes this one as well, by its feature `override`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
    /// Things that go wrong in a world, at most; if not given, 6 where worlds are drawn, and 2 where all are seen.
    #[arg(long, global = true)]
    faults: Option<u32>,
    /// What a shopper does in a tab, at most; if not given, 14 where worlds are drawn, and 5 where all are seen.
    #[arg(long, global = true)]
    deeds: Option<u32>,
    /// Failures that are told, each by its shortest story.
    #[arg(long, global = true, default_value_t = 3)]
    stories: usize,
    #[arg(long, global = true, default_value_t = 2)]
    threads: u64,
    /// The folder of the page's modules, instead of those that were built in.
    #[arg(long, global = true)]
    page: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    /// Random worlds, each by a seed of its own.
    Simulate {
        /// Checkouts, at least.
        #[arg(long, default_value_t = 1_000_000)]
        n: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A file of all that pages showed: one that is not in it is a failure.
        #[arg(long)]
        views: Option<PathBuf>,
        /// Adds to the file what is not in it.
        #[arg(long)]
        add: bool,
    },
    /// Every world that differs from a calm one in no more than so many decisions; in one less where there is no page.
    Explore {
        #[arg(long, default_value_t = 4)]
        deviations: usize,
    },
    /// One world, with its story.
    World {
        seed: u64,
        /// Its decisions, as a failure prints them, instead of those that the seed draws.
        #[arg(long)]
        decisions: Option<Given>,
    },
    /// Looks for a world that goes wrong, and succeeds if there is one: to be run on a page or a function with a fault in it.
    Hunt {
        /// Worlds, at most.
        #[arg(long, default_value_t = 20_000)]
        worlds: u64,
    },
}

fn engine(page: &Sources) -> Result<Rc<Engine>, String> {
    let host = Host { now_ms: clock::of_page, ticks_ms: clock::ticks_ms, random: fastrand::f64 };
    Ok(Rc::new(Engine::new(page.clone(), host)?))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let page = arguments.page.as_deref().map_or_else(|| Ok(Sources::default()), Sources::read);
    match page.and_then(|page| Run::new(&arguments, page).run(&arguments.verb)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What a verb works with.
struct Run {
    page: Sources,
    bounds: Bounds,
    stories: usize,
    threads: u64,
}

impl Run {
    fn new(arguments: &Arguments, page: Sources) -> Self {
        let (faults, deeds) = if matches!(arguments.verb, Verb::Explore { .. }) { (2, 5) } else { (6, 14) };
        let bounds = Bounds { faults: arguments.faults.unwrap_or(faults), deeds: arguments.deeds.unwrap_or(deeds) };
        Self { page, bounds, stories: arguments.stories, threads: arguments.threads }
    }

    /// Answers whether it came to what it should.
    fn run(&self, verb: &Verb) -> Result<bool, String> {
        match verb {
            Verb::Simulate { n, seed, views, add } => self.simulate(*n, *seed, views.as_deref(), *add),
            Verb::Explore { deviations } => self.explore(*deviations),
            Verb::World { seed, decisions } => self.world(*seed, decisions.as_ref()),
            Verb::Hunt { worlds } => self.hunt(*worlds),
        }
    }

    /// Runs the same on several threads, each with an engine of its own.
    fn on_threads(&self, work: impl Fn(&Rc<Engine>) + Sync) -> Result<(), String> {
        let work = || -> Result<(), String> {
            work(&engine(&self.page)?);
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
        })
    }

    fn simulate(&self, n: u64, seed: u64, views: Option<&Path>, add: bool) -> Result<bool, String> {
        let (began, simulation) = (Instant::now(), Simulation::new(n, seed, self.bounds));
        self.on_threads(|engine| simulation.work(engine))?;
        let count = simulation.count();
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let a_minute = count.checkouts as f64 / seconds * 60.0;
        println!("{count}, {seconds:.1} s: {a_minute:.0} checkouts a minute");
        let are_known = views.map_or(Ok(true), |file| views::compare(file, &count.views, add))?;
        Ok(self.report(count.failed)? && are_known)
    }

    fn explore(&self, deviations: usize) -> Result<bool, String> {
        let (began, exploration) = (Instant::now(), Exploration::new(deviations, self.bounds));
        self.on_threads(|engine| exploration.work(engine))?;
        let (count, seconds) = (exploration.count(), began.elapsed().as_secs_f64());
        println!("{count}, {seconds:.1} s: all there are with at most {deviations} deviations");
        self.report(count.failed)
    }

    /// Tells what went wrong. Answers whether nothing did.
    fn report(&self, failed: Vec<(u64, Outcome)>) -> Result<bool, String> {
        println!("{} worlds went wrong", failed.len());
        let (is_right, engine) = (failed.is_empty(), engine(&self.page)?);
        let Bounds { faults, deeds } = self.bounds;
        for (seed, outcome) in failed.into_iter().take(self.stories) {
            let (given, outcome) = shrink(&engine, seed, outcome, self.bounds);
            let again = format!("world {seed} --faults {faults} --deeds {deeds} --decisions {given}");
            println!("\n{again}: {:#?}\n{}", outcome.faults, outcome.story);
        }
        Ok(is_right)
    }

    fn world(&self, seed: u64, given: Option<&Given>) -> Result<bool, String> {
        let engine = engine(&self.page)?;
        let outcome = match given {
            Some(given) => World::rerun(&engine, seed, given, self.bounds),
            None => World::run(&engine, seed, self.bounds),
        };
        println!("{}\n\n{} faults: {:#?}", outcome.story, outcome.faults.len(), outcome.faults);
        Ok(outcome.faults.is_empty())
    }

    fn hunt(&self, worlds: u64) -> Result<bool, String> {
        let prey = hunt::hunt(&engine(&self.page)?, worlds, self.bounds);
        match &prey {
            Some(prey) => println!("{prey}"),
            None => println!("nothing went wrong in {worlds} worlds"),
        }
        Ok(prey.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { faults: 6, deeds: 14 };

    fn story(engine: &Rc<Engine>, seed: u64) -> String {
        World::run(engine, seed, BOUNDS).story
    }

    #[test]
    fn the_same_seed_is_the_same_world_to_the_byte() {
        let page = Sources::default();
        let (one, another) = (engine(&page).expect("the page loads"), engine(&page).expect("the page loads"));
        for seed in 0..40 {
            assert_eq!(story(&one, seed), story(&another, seed), "world {seed}");
        }
        assert_ne!(story(&one, 1), story(&one, 2));
    }
}
