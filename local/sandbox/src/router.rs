//! One port: Stripe's REST, Stripe.js, Secrets Manager and the controls.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response};
use axum::routing::{any, get};

use crate::controls;
use crate::faults::Side;
use crate::reply::Reply;
use crate::secrets;
use crate::state::Shared;
use crate::visit::{self, Visit};

/// All that the sandbox serves; of a real secret nothing but Secrets Manager.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let router = Router::new().route("/", any(secrets_manager));
    if shared.secret_only_for.is_some() {
        return router.with_state(shared);
    }
    router
        .route("/v1/{*path}", any(stripe))
        .route("/js/{*file}", get(file))
        .route("/{train}/stripe.js", get(file))
        .route("/_sandbox/{*path}", any(control))
        .with_state(shared)
}

async fn stripe(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    Visit::read(shared, Side::Stripe, request).await.answer().await
}

async fn file(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    Visit::read(shared, Side::Files, request).await.answer().await
}

async fn secrets_manager(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    if !request.headers().contains_key("x-amz-target") {
        let about = "This is Till's stand-in for Stripe. What it has seen: /_sandbox/ledger\n";
        return Reply::new(404, "text/plain; charset=utf-8", about).into();
    }
    if shared.secret_only_for.as_deref().is_some_and(|only| secrets::signer(request.headers()) != Some(only)) {
        let (status, body) = secrets::unknown_signer();
        return Reply::new(status, secrets::CONTENT_TYPE, body.to_string()).into();
    }
    Visit::read(shared, Side::SecretsManager, request).await.answer().await
}

async fn control(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = visit::read(request).await;
    if !parts.method.is_safe() && shared.is_of_another_site(&parts.headers) {
        return controls::refused(403, "A page of another site may not turn the sandbox's controls.").into();
    }
    controls::answer(&shared, parts.method.as_str(), parts.uri.path(), &body).into()
}
