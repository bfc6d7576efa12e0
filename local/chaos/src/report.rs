//! What a run came to: a line of progress, a table, and the five lines that must be 0.

use crate::Arguments;
use crate::book::Verdict;
use crate::shop::Closed;
use crate::story::{LEAKS, Story};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

pub(crate) struct Report {
    arguments: Arguments,
    began: Instant,
    counts: BTreeMap<String, u64>,
    stories: Vec<Story>,
    shops: u32,
}

impl Report {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        println!("chaos: {} shoppers, seed {}, {} processes", arguments.n, arguments.seed, arguments.processes);
        Self { arguments: arguments.clone(), began: Instant::now(), counts: BTreeMap::new(), stories: Vec::new(), shops: 0 }
    }

    /// One shop has closed. What went wrong in it is told at once.
    pub(crate) fn add(&mut self, shop: Closed) {
        for (name, number) in shop.counts.all() {
            *self.counts.entry(name).or_default() += number;
        }
        let told = self.stories.len();
        self.stories.extend(shop.stories);
        for story in self.stories.iter().take(self.arguments.stories).skip(told) {
            println!("\n{story}");
        }
        self.shops += 1;
    }

    /// A line while it runs.
    pub(crate) fn progress(&self, shoppers: u32) {
        let seconds = self.began.elapsed().as_secs();
        let (shops, wrong) = (self.shops, self.stories.len());
        println!(
            "{seconds:>5} s  {shoppers} of {} shoppers, {shops} shops closed, {wrong} checkouts went wrong",
            self.arguments.n
        );
    }

    fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or_default()
    }

    fn verdicts(&self, wanted: Verdict) -> usize {
        self.stories.iter().flat_map(|story| &story.verdicts).filter(|(verdict, _)| *verdict == wanted).count()
    }

    /// Prints the table, the stories and the five lines. Success if all are 0.
    /// `page_errors`: of the page's own code.
    pub(crate) fn print(&self, page_errors: &[String]) -> ExitCode {
        for error in page_errors.iter().take(self.arguments.stories) {
            println!("\n{error}");
        }
        println!();
        for (name, number) in &self.counts {
            println!("{number:>9}  {name}");
        }
        println!("{:>9}  seconds", self.began.elapsed().as_secs());
        let lines = [
            ("double charges", self.verdicts(Verdict::DoubleCharge)),
            ("wrong amounts", self.verdicts(Verdict::WrongAmount)),
            ("untrue answers", self.verdicts(Verdict::Untrue)),
            ("answers without an outcome", self.verdicts(Verdict::NoOutcome)),
            ("checkouts not settled after re-sends", self.verdicts(Verdict::Unsettled)),
        ];
        println!();
        for (name, number) in lines {
            println!("{name}: {number}");
        }
        let mut failed = lines.iter().any(|(_, number)| *number > 0);
        if self.count(LEAKS) > 0 {
            println!("{LEAKS}: {}", self.count(LEAKS));
            failed = true;
        }
        if !page_errors.is_empty() {
            println!("errors of the page's own code: {}", page_errors.len());
            failed = true;
        }
        let unpaid: u64 = self
            .counts
            .iter()
            .filter(|(name, _)| name.starts_with("answers: ") && *name != "answers: paid")
            .map(|(_, n)| n)
            .sum();
        if self.arguments.calm {
            println!("answers other than paid, though nothing went wrong: {unpaid}");
            failed |= unpaid > 0;
        }
        if self.count("checkouts") < u64::from(self.arguments.n) && self.arguments.shop.is_none() {
            println!("only {} of {} checkouts took place", self.count("checkouts"), self.arguments.n);
            failed = true;
        }
        if failed {
            println!("FAILED: repeat with --n {} --seed {}", self.arguments.n, self.arguments.seed);
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}
