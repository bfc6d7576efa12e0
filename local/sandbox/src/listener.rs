//! The accept loop: one hyper connection a socket, and a port that can be closed for a while.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::loopback::misdirected;

/// How long a connection may take to send a request's header, and how long it may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Between two attempts at what the system has just refused: an accept, or the port.
const PAUSE: Duration = Duration::from_millis(10);

/// Serves until it is dropped. Each duration from `closings` closes the port for so long, and ends every connection.
pub(crate) async fn serve(
    mut listener: TcpListener,
    address: SocketAddr,
    router: Router,
    mut closings: mpsc::UnboundedReceiver<Duration>,
) {
    loop {
        let closed_for = tokio::select! {
            never = accept(&listener, address.port(), &router) => never,
            Some(duration) = closings.recv() => duration,
        };
        drop(listener);
        tokio::time::sleep(closed_for).await;
        listener = bind(address).await;
    }
}

/// Accepts for ever. Its connections end with it.
async fn accept(listener: &TcpListener, port: u16, router: &Router) -> ! {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, port, router.clone()));
                }
                // Out of file descriptors, or the like: what is open goes on, and may free some.
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, port: u16, router: Router) {
    let _ = stream.set_nodelay(true);
    let connection = Connection::default();
    let socket = TokioIo::new(connection.socket(stream));
    let app = TowerToHyperService::new(router);
    let handle = connection.clone();
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(handle.clone());
        let app = app.clone();
        async move {
            match misdirected(&request, port) {
                Some(refusal) => Ok(refusal),
                None => app.call(request).await,
            }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    tokio::select! {
        // An error here is a client that left early. There is no one to tell.
        _ = http.serve_connection(socket, service) => {}
        () = connection.ended() => {}
    }
}

/// The same port again; what took it meanwhile may let it go.
async fn bind(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
