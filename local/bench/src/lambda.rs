//! What was measured at full speed, at Lambda's share of a core, and by AWS's price list.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>: CPU power is proportional to memory, and at
//! 1,769 MB a function has the equivalent of one vCPU.

use crate::statistics::Summary;
use serde::Serialize;

/// In MB.
pub(crate) const MEMORY: [u32; 4] = [128, 256, 512, 1769];
const ONE_CORE: f64 = 1769.0;

/// <https://aws.amazon.com/lambda/pricing/>, us-east-1, first tier, in USD.
pub(crate) const X86_GB_SECOND: f64 = 0.000_016_666_7;
pub(crate) const ARM_GB_SECOND: f64 = 0.000_013_333_4;
pub(crate) const REQUEST: f64 = 0.2 / 1e6;

/// A function with so much memory. Times in milliseconds, costs in USD for a million payments.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sized {
    pub(crate) name: &'static str,
    pub(crate) memory: u32,
    /// From a cold start to the first payment's answer. Init runs at full speed.
    pub(crate) first: f64,
    /// A payment's answer in a warm environment.
    pub(crate) later: f64,
    /// Every payment in a warm environment, on x86.
    pub(crate) warm_x86: f64,
    /// The same on arm64, if it took as long there.
    pub(crate) warm_arm: f64,
    /// Every payment after a cold start, on x86: a shop with few shoppers.
    pub(crate) cold_x86: f64,
    /// The same on arm64.
    pub(crate) cold_arm: f64,
}

impl Sized {
    /// `at_once`: CPU time, measured with fakes that answer at once. `far`: init, measured with delays. `stripe`: what
    /// a payment waits for Stripe, at the least.
    pub(crate) fn of(at_once: &Summary, far: &Summary, stripe: f64, memory: u32) -> Self {
        let share = (f64::from(memory) / ONE_CORE).min(1.0);
        let first_payment = stripe + (at_once.first_cpu.median - at_once.ready_cpu.median) / share;
        let later = stripe + at_once.warm_cpu.median / share;
        // Billed by the millisecond, init too. With each payment goes one request to /api/config, of a millisecond.
        let million = |billed: f64, price: f64| {
            let gb_seconds = (billed.ceil() + 1.0) / 1e3 * f64::from(memory) / 1024.0;
            (gb_seconds * price + 2.0 * REQUEST) * 1e6
        };
        let init = far.ready.median;
        Self {
            name: at_once.name,
            memory,
            first: init + first_payment,
            later,
            warm_x86: million(later, X86_GB_SECOND),
            warm_arm: million(later, ARM_GB_SECOND),
            cold_x86: million(init + first_payment, X86_GB_SECOND),
            cold_arm: million(init + first_payment, ARM_GB_SECOND),
        }
    }
}
