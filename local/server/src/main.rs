//! `cargo run`: the storefront on a developer's machine. The page, the function and a Stripe sandbox, in one process.

mod console;
mod event;
mod merchant;
mod site;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use clap::Parser;
use merchant::Merchant;
use payments::App;
use payments::settings::Settings;
use site::Site;
use std::io;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Till's storefront, offline: the page, the payments function and a Stripe sandbox.
///
/// The function's settings (`CARD_AUTHENTICATION`, `STATEMENT_DESCRIPTOR_SUFFIX` …) pass through from the environment. With
/// `STRIPE_SECRET_KEY=sk_test_…` and `STRIPE_PUBLISHABLE_KEY=pk_test_…` Stripe's own test mode takes the sandbox's place.
#[derive(Parser)]
#[command(name = "till", version)]
struct Arguments {
    /// The storefront's port on 127.0.0.1; the sandbox takes the next one. 0 takes free ones
    #[arg(long, env = "PORT", default_value_t = 4242)]
    port: u16,
}

#[derive(Clone)]
struct Storefront {
    app: Arc<App>,
    site: Arc<Site>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tokio::select! {
        result = run(arguments.port) => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                console::complain(&message);
                ExitCode::FAILURE
            }
        },
        // Nothing is worth finishing: the sandbox's ledger ends with the process.
        _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
    }
}

async fn run(port: u16) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| cannot_listen(port, &error))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let sandbox_port =
        if port == 0 { 0 } else { address.port().checked_add(1).ok_or("the port must leave room for the next one")? };
    let merchant = Merchant::from_env()?;
    let sandbox =
        merchant.start_sandbox(sandbox_port, address.port()).await.map_err(|error| cannot_listen(sandbox_port, &error))?;
    let vars = merchant.function_settings(&sandbox, &format!("http://{address}"));
    let settings = Settings::from_vars(vars).map_err(|error| error.to_string())?;
    console::welcome(&format!("http://{address}"), &merchant, &sandbox, settings.card_authentication);
    let app = App::new(Ok(settings), console::sink());
    app.prime().await;

    let site = Site::new(merchant.is_sandboxed().then(|| sandbox.url()));
    let storefront = Storefront { app: Arc::new(app), site: Arc::new(site) };
    let router = Router::new().route("/api/{*path}", any(api)).fallback(page).with_state(storefront);
    sandbox::serve(listener, router).await.map_err(|error| error.to_string())
}

/// API Gateway's and Lambda's part: an HTTP request becomes an event, and the function's answer a response.
async fn api(State(storefront): State<Storefront>, request: Request) -> Response {
    match event::from_http(request).await {
        Ok((event, context)) => event::to_http(&storefront.app.invoke(&event, context).await),
        Err(message) => (StatusCode::BAD_REQUEST, message).into_response(),
    }
}

/// CloudFront's and the bucket's part.
async fn page(State(storefront): State<Storefront>, request: Request) -> Response {
    // The function takes one origin for its own, and that is 127.0.0.1.
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if let Some((name, port)) = host.rsplit_once(':')
        && name != "127.0.0.1"
    {
        let there = format!("http://127.0.0.1:{port}{}", request.uri());
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, there)]).into_response();
    }
    storefront.site.answer(request.method(), request.uri().path()).await
}

fn cannot_listen(port: u16, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AddrInUse {
        format!("port {port} of 127.0.0.1 is in use (is Till running already?); take another with --port or PORT")
    } else {
        format!("cannot listen on port {port} of 127.0.0.1: {error}")
    }
}
