//! What the libraries have to say, on stdout: their warnings and errors, under Lambda's own settings for logs.
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>

use std::env;
use tracing_subscriber::filter::LevelFilter;

/// Prints them from `AWS_LAMBDA_LOG_LEVEL` up, as JSON if `AWS_LAMBDA_LOG_FORMAT` says so; never below INFO, where the
/// runtime prints events and the SDK session tokens. For the same reason `RUST_LOG` is not read.
pub fn init() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let level = level.min(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt().with_max_level(level).with_target(false).with_ansi(false).without_time();
    if env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json")) {
        lines.json().init();
    } else {
        lines.init();
    }
}
