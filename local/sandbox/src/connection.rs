//! One connection, and the ways in which it can end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// A handle by which a request ends the connection that it came on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    fate: Arc<Fate>,
}

#[derive(Debug, Default)]
struct Fate {
    reset: AtomicBool,
    dead: AtomicBool,
    ended: Notify,
}

impl Connection {
    /// Ends it with a TCP RST.
    pub(crate) async fn reset(&self) -> ! {
        self.ends_by_reset();
        self.cut().await
    }

    /// Whoever ends it, it will be with a TCP RST.
    pub(crate) fn ends_by_reset(&self) {
        self.fate.reset.store(true, Ordering::Relaxed);
    }

    /// Ends it with a TCP FIN.
    pub(crate) async fn cut(&self) -> ! {
        self.fate.ended.notify_one();
        std::future::pending().await
    }

    /// Lets it look alive until something more arrives on it, then resets it.
    pub(crate) fn dies_when_used(&self) {
        self.fate.dead.store(true, Ordering::Relaxed);
    }

    /// Returns when it is to end.
    pub(crate) async fn ended(&self) {
        self.fate.ended.notified().await;
    }

    /// The socket, under this handle's control.
    pub(crate) fn socket(&self, stream: TcpStream) -> Socket {
        Socket { stream, fate: Arc::clone(&self.fate) }
    }
}

/// A TCP stream that ends as its [`Connection`] says.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    fate: Arc<Fate>,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before && self.fate.dead.load(Ordering::Relaxed) {
            self.fate.reset.store(true, Ordering::Relaxed);
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.fate.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.fate.reset.load(Ordering::Relaxed) {
            // A close with a linger of zero is a RST. Where it cannot be set, the connection ends with a FIN.
            let _ = self.stream.set_zero_linger();
        }
    }
}
