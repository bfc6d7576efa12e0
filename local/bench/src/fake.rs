//! Stripe and Secrets Manager as this benchmark needs them: over TLS, always content, and as slow as told. A thread for each
//! connection, so that a delay is as long as it says.

use crate::far::Far;
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Error, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How long things take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delay {
    /// To there and back.
    pub(crate) round_trip: Duration,
    /// From the last byte of a request to the first one of its answer.
    pub(crate) answer: Duration,
}

/// What a request asked for.
pub(crate) struct Asked {
    /// `POST /v1/payment_intents`
    pub(crate) line: String,
    pub(crate) body: String,
}

/// A server on loopback, until the process ends.
pub(crate) struct Fake {
    /// `https://127.0.0.1:…`
    pub(crate) url: String,
    counts: Arc<Counts>,
}

/// Of a server's connections.
#[derive(Default)]
struct Counts {
    opened: AtomicU64,
    resumed: AtomicU64,
}

impl Fake {
    /// Answers what `answer` says to each request: a JSON document, or nothing there.
    pub(crate) fn start(tls: Arc<ServerConfig>, delay: Delay, answer: fn(&Asked) -> Option<String>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("https://{}", listener.local_addr()?);
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, counts) = (Arc::clone(&tls), Arc::clone(&shared));
                counts.opened.fetch_add(1, Ordering::Relaxed);
                // A connection ends when its client is killed, and that is no fault.
                thread::spawn(move || serve(stream, tls, &counts, delay, answer));
            }
        });
        Ok(Self { url, counts })
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> u64 {
        self.counts.opened.load(Ordering::Relaxed)
    }

    /// Those of them whose handshake a ticket made short.
    pub(crate) fn resumed(&self) -> u64 {
        self.counts.resumed.load(Ordering::Relaxed)
    }
}

fn serve(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    counts: &Counts,
    delay: Delay,
    answer: fn(&Asked) -> Option<String>,
) -> Result<()> {
    let connection = ServerConnection::new(tls).map_err(Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, Far::new(stream, delay.round_trip)?));
    let mut first = true;
    while let Some(asked) = read(&mut stream)? {
        if std::mem::take(&mut first) && stream.get_ref().conn.handshake_kind() == Some(HandshakeKind::Resumed) {
            counts.resumed.fetch_add(1, Ordering::Relaxed);
        }
        let answered = answer(&asked);
        // HEAD is how a connection is opened beforehand, and answered at once.
        if !asked.line.starts_with("HEAD") {
            thread::sleep(delay.answer);
        }
        let status = if answered.is_some() { "200 OK" } else { "404 Not Found" };
        let body = answered.unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nrequest-id: req_bench\r\n\r\n",
            body.len()
        );
        stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        stream.get_mut().flush()?;
    }
    Ok(())
}

/// The next request; `None` when the client has hung up.
fn read(stream: &mut impl BufRead) -> Result<Option<Asked>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        match header.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(Error::other)?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(Asked { line, body: String::from_utf8(body).map_err(Error::other)? }))
}
