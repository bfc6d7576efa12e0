//! One more port on the same sandbox, with faults of its own: what goes wrong between Stripe and one of its callers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::faults::Faults;
use crate::state::Shared;
use crate::{listener, router};

/// A port of a [`Sandbox`](crate::Sandbox). It serves until it is dropped; objects, keys, secret and clock are the sandbox's.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Door {
    pub(crate) async fn open(beside: &Shared) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (closings, closed) = mpsc::unbounded_channel();
        let shared = Arc::new(beside.beside(address.port(), closings));
        let server = tokio::spawn(listener::serve(listener, address, router::router(Arc::clone(&shared)), closed));
        Ok(Self { address, shared, server })
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What goes wrong with the requests that come through it.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}
