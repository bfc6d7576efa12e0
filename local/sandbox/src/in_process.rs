//! The sandbox without a port, for a simulation: requests are handed over, and what would end their connection is said.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::ServiceExt as _;

use crate::connection::Connection;
use crate::faults::Fault;
use crate::keys::KeyKind;
use crate::ledger::View;
use crate::router::router;
use crate::state::Shared;
use crate::{Options, behaviour, secrets};

/// A sandbox without a port. It runs on the current tokio runtime, by its clock, and draws from `fastrand`'s generator of the
/// thread: seeded, and with time paused, it does the same again.
#[derive(Debug)]
pub struct InProcess {
    shared: Arc<Shared>,
    router: Router,
    _closings: UnboundedReceiver<Duration>,
}

/// The connection ended, and there is no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut;

impl InProcess {
    /// A sandbox of its own.
    pub fn new(options: Options) -> Self {
        let (closings, closed) = unbounded_channel();
        let shared = Arc::new(Shared::new(options, 0, closings));
        Self { router: router(Arc::clone(&shared)), shared, _closings: closed }
    }

    /// Answers a request that meets `fault`. A request that is never answered never returns.
    pub async fn send(&self, request: Request<Vec<u8>>, fault: Option<Fault>) -> Result<Response<Vec<u8>>, Cut> {
        let connection = Connection::default();
        let mut request = request.map(Body::from);
        request.extensions_mut().insert(connection.clone());
        if let Some(fault) = fault {
            request.extensions_mut().insert(fault);
        }
        let answered = self.router.clone().oneshot(request);
        let response = tokio::select! {
            biased;
            response = answered => response.map_err(|never| match never {})?,
            () = connection.ended() => return Err(Cut),
        };
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|_| Cut)?;
        Ok(Response::from_parts(parts, body.to_vec()))
    }

    /// Everything that happened so far.
    pub fn look<T>(&self, read: impl FnOnce(View<'_>) -> T) -> T {
        read(self.shared.state().view())
    }

    /// The current secret key, `sk_test_…`.
    pub fn secret_key(&self) -> String {
        self.shared.state().keys.current(KeyKind::Secret)
    }

    /// The current publishable key, `pk_test_…`.
    pub fn publishable_key(&self) -> String {
        self.shared.state().keys.current(KeyKind::Publishable)
    }

    /// The secret's name for `GetSecretValue`.
    pub fn secret_id(&self) -> &'static str {
        secrets::SECRET_ID
    }

    /// Turns the switches of its behaviour, named as `PUT /_sandbox/behaviour` names them. The error says which is wrong.
    pub fn behave(&self, changes: &str) -> Result<(), String> {
        let mut state = self.shared.state();
        let behaviour: behaviour::Behaviour = state.behaviour.with(changes.as_bytes())?;
        state.behave(behaviour);
        Ok(())
    }
}
