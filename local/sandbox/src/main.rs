//! `cargo run -p sandbox`: the sandbox alone, for the tests of any project that takes cards with Stripe.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sandbox::{Options, Sandbox};

/// A stateful stand-in for Stripe: payments, test cards, idempotency and faults, offline
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4243)]
    port: u16,
    /// A fixed secret key; else a new one at every start
    #[arg(long)]
    secret_key: Option<String>,
    /// A fixed publishable key; else a new one at every start
    #[arg(long)]
    publishable_key: Option<String>,
    /// How long Stripe takes to execute a request, in milliseconds
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { port, secret_key, publishable_key, latency_ms } = Arguments::parse();
    let options = Options { port, secret_key, publishable_key, latency: Duration::from_millis(latency_ms), ..Options::default() };
    let sandbox = match Sandbox::start(options).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            println!("Port {port} of 127.0.0.1 cannot be used ({error}). Choose another with --port, or 0 for a free one.");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", welcome(&sandbox));
    // Whether the signal came or cannot be waited for, there is nothing left to do.
    let _ = tokio::signal::ctrl_c().await;
    ExitCode::SUCCESS
}

fn welcome(sandbox: &Sandbox) -> String {
    let (url, secret, publishable) = (sandbox.url(), sandbox.secret_key(), sandbox.publishable_key());
    format!(
        "Sandbox         {url}
Secret key      {secret}
Restricted key  {}
Publishable key {publishable}
Stripe.js       {url}/dahlia/stripe.js
Secret          {} in Secrets Manager at {url}
Ledger          {url}/_sandbox/ledger

Pay:
  curl {url}/v1/payment_intents -H 'Authorization: Bearer {secret}' \\
    -d amount=1099 -d currency=usd -d 'payment_method_types[]=card' -d payment_method=pm_card_visa -d confirm=true -d error_on_requires_action=true

Ctrl-C ends it.",
        sandbox.restricted_key(),
        sandbox.secret_id()
    )
}
