//! The Lambda: settings, app, prime, run.

use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Error, service_fn};
use payments::settings::{Settings, stage_or_default};
use payments::{App, diagnostics, telemetry};
use serde_json::value::RawValue;
use std::convert::Infallible;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    diagnostics::init();
    let settings = Settings::from_vars(std::env::vars());
    // Wrong settings, too, are logged under the stage that they are wrong in.
    let stage = stage_or_default(std::env::var("STAGE").ok().as_deref());
    let app = &App::new(settings, telemetry::stdout(stage));
    app.prime().await;
    let answer = |LambdaEvent { payload, context }: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Infallible>(app.invoke(payload.get(), context).await)
    };
    lambda_runtime::run(service_fn(answer)).await
}
