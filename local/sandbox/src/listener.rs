//! The accept loop: one hyper connection a socket, all ended when the loop's task is.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    connections.spawn(connection(socket, router.clone()));
                }
                // Out of file descriptors, or the like: what is open goes on, and may free some.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(socket: TcpStream, router: Router) {
    let _ = socket.set_nodelay(true);
    // A connection ends with an error whenever its client leaves early. There is no one to tell.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), TowerToHyperService::new(router)).await;
}
