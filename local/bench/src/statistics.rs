//! Many lives of one function, summed up.

use crate::trial::Trial;
use serde::Serialize;

/// The middle of what was measured, and where eight in ten of it lie.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let values = sorted(values);
        Self { low: quantile(&values, 0.1), median: quantile(&values, 0.5), high: quantile(&values, 0.9) }
    }
}

/// One function. Times in milliseconds, memory in MiB, the package in bytes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) name: &'static str,
    pub(crate) ready: Spread,
    pub(crate) first: Spread,
    pub(crate) ready_cpu: Spread,
    pub(crate) first_cpu: Spread,
    pub(crate) warm: Spread,
    pub(crate) warm_p99: f64,
    pub(crate) warm_cpu: Spread,
    pub(crate) memory: Spread,
    pub(crate) package: u64,
}

impl Summary {
    pub(crate) fn of(name: &'static str, package: u64, trials: &[Trial]) -> Self {
        let spread = |field: fn(&Trial) -> f64| Spread::of(trials.iter().map(field));
        let warm = || trials.iter().flat_map(|trial| trial.warm.iter().copied());
        Self {
            name,
            ready: spread(|trial| trial.ready),
            first: spread(|trial| trial.first),
            ready_cpu: spread(|trial| trial.ready_cpu),
            first_cpu: spread(|trial| trial.first_cpu),
            warm: Spread::of(warm()),
            warm_p99: quantile(&sorted(warm()), 0.99),
            warm_cpu: spread(|trial| trial.warm_cpu),
            memory: spread(|trial| trial.memory),
            package,
        }
    }
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which `share` of the sorted `values` lie.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn quantile(values: &[f64], share: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_edges() {
        let spread = Spread::of((0..=100).rev().map(f64::from));
        assert_eq!((spread.low, spread.median, spread.high), (10.0, 50.0, 90.0));
    }
}
