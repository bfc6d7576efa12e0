//! The report, for a terminal and for docs/performance.md: Markdown.

use crate::Report;
use crate::contender::{FLOOR, TILL};
use crate::lambda::Sized;
use crate::statistics::{Spread, Summary};
use crate::visit::Visit;
use std::fmt::Write as _;

type Row = (&'static str, fn(&Summary) -> Spread);

const ROWS: [Row; 7] = [
    ("spawn → ready, ms", |s| s.ready),
    ("spawn → first payment answered, ms", |s| s.first),
    ("CPU to there, ms", |s| s.first_cpu),
    ("warm payment, ms", |s| s.warm),
    ("CPU a warm payment, ms", |s| s.warm_cpu),
    ("peak memory, MiB", |s| s.memory),
    ("package, MB", |s| exactly(megabytes(s.package))),
];

fn exactly(value: f64) -> Spread {
    Spread { low: value, median: value, high: value }
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2⁵³")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Medians, with where eight in ten lie, and Till's ratios to the others in the same run.
pub(crate) fn measured(title: &str, summaries: &[Summary]) -> String {
    let mut text = format!("### {title}\n\n|");
    for summary in summaries {
        let _ = write!(text, " | {}", summary.name);
    }
    let others: Vec<_> = summaries.iter().filter(|summary| summary.name != TILL).collect();
    let till = summaries.iter().find(|summary| summary.name == TILL);
    for other in &others {
        let _ = write!(text, " | Till : {}", other.name);
    }
    let _ = writeln!(text, " |\n|---{}|", "|---:".repeat(summaries.len() + others.len()));
    let mut row = |label: &str, value: &dyn Fn(&Summary) -> Spread| {
        let _ = write!(text, "| {label}");
        for summary in summaries {
            let Spread { low, median, high } = value(summary);
            let _ = if high - low < 0.005 {
                write!(text, " | {}", number(median))
            } else {
                write!(text, " | {} ({}–{})", number(median), number(low), number(high))
            };
        }
        for other in &others {
            let ratio = till.map_or(f64::NAN, |till| value(till).median / value(other).median);
            let _ = if ratio < 1.0 { write!(text, " | 1 : {:.1}", 1.0 / ratio) } else { write!(text, " | {ratio:.1} : 1") };
        }
        text.push_str(" |\n");
    };
    for (label, value) in ROWS {
        row(label, &value);
    }
    row("warm payment, p99, ms", &|summary| exactly(summary.warm_p99));
    text
}

fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// What a shopper waits, and a million payments cost, by memory size.
pub(crate) fn sized(rows: &[Sized]) -> String {
    let mut text = "### At Lambda's share of a core\n\n| | memory, MB | first payment after a cold start, ms | later payment, ms | a million on x86, USD | on arm64 | each after a cold start, x86 | on arm64 |\n|---|---:|---:|---:|---:|---:|---:|---:|\n".to_owned();
    for row in rows {
        let Sized { name, memory, first, later, warm_x86, warm_arm, cold_x86, cold_arm } = row;
        let _ = writeln!(
            text,
            "| {name} | {memory} | {first:.0} | {later:.0} | {warm_x86:.2} | {warm_arm:.2} | {cold_x86:.2} | {cold_arm:.2} |"
        );
    }
    text
}

/// What connections were opened while a shopper waited.
pub(crate) fn visits(visits: &[Visit]) -> String {
    let mut text = "### Connections to Stripe that a payment waited for (Till, with delays)\n\n| | opened | opened before it | resumed by a ticket | payment, ms |\n|---|---:|---:|---:|---:|\n".to_owned();
    for Visit { what, opened, beforehand, resumed, took } in visits {
        let _ = writeln!(text, "| {what} | {opened} | {beforehand} | {resumed} | {took:.1} |");
    }
    text
}

/// The goals, and whether they hold in this run.
pub(crate) fn goals(report: &Report) -> String {
    let find = |summaries: &[Summary], name| summaries.iter().find(|summary| summary.name == name).cloned();
    let (Some(till), Some(node), Some(floor), Some(far)) = (
        find(&report.at_once, TILL),
        find(&report.at_once, "Node"),
        find(&report.at_once, FLOOR),
        find(&report.with_delays, TILL),
    ) else {
        return String::new();
    };
    let over = far.first.median - report.unavoidable_ms;
    let after_config = report.visits.iter().map(|visit| visit.opened).max().unwrap_or(u64::MAX);
    let ratio = |of: fn(&Summary) -> f64, to: &Summary| of(&till) / of(to);
    let goals: [(&str, f64, f64); 9] = [
        ("first payment : Node's", ratio(|s| s.first.median, &node), 1.0 / 15.0),
        ("first payment : the floor's", ratio(|s| s.first.median, &floor), 6.0),
        ("CPU to there : Node's", ratio(|s| s.first_cpu.median, &node), 1.0 / 25.0),
        ("CPU a payment : Node's", ratio(|s| s.warm_cpu.median, &node), 1.0 / 5.0),
        ("CPU a payment : the floor's", ratio(|s| s.warm_cpu.median, &floor), 2.0),
        ("warm p50 : Node's", ratio(|s| s.warm.median, &node), 1.0 / 3.0),
        ("peak memory : Node's", ratio(|s| s.memory.median, &node), 1.0 / 5.0),
        ("zip, MB", megabytes(till.package), 3.5),
        ("first payment, ms over the delays that cannot be avoided", over, 15.0),
    ];
    let mut text = "### Goals\n\n| | measured | at most | |\n|---|---:|---:|---|\n".to_owned();
    for (what, measured, limit) in goals {
        let holds = if measured <= limit { "holds" } else { "does not hold" };
        let _ = writeln!(text, "| {what} | {measured:.3} | {limit:.3} | {holds} |");
    }
    let holds = if after_config == 0 { "holds" } else { "does not hold" };
    let _ = writeln!(text, "| connections opened by a payment, ready or after `/api/config` | {after_config} | 0 | {holds} |");
    text
}
