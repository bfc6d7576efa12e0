//! How an answer goes out, or does not.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use futures_util::stream;
use hyper::header::CONTENT_LENGTH;

use super::Fault;
use crate::connection::Connection;
use crate::reply::Reply;

/// How long a part of a body is given to leave before the connection ends.
const FLUSHED: Duration = Duration::from_millis(20);
const DRIPS: usize = 16;

/// The way of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    After(Duration),
    Never,
    Reset,
    Cut,
    CutBody,
    Drip(Duration),
    Garbage,
    Html(u16),
    ThenDead,
}

impl Delivery {
    /// What a fault does once the request was executed.
    pub(crate) fn of(fault: Option<&Fault>) -> Self {
        match fault {
            Some(Fault::LateReply { ms }) => Self::After(Duration::from_millis(*ms)),
            Some(Fault::HangAfter) => Self::Never,
            Some(Fault::ResetAfter) => Self::Reset,
            Some(Fault::CutAfter) => Self::Cut,
            Some(Fault::CutBody) => Self::CutBody,
            Some(Fault::Drip { ms }) => Self::Drip(Duration::from_millis(*ms)),
            Some(Fault::Garbage) => Self::Garbage,
            Some(Fault::Html { status, .. }) => Self::Html(*status),
            Some(Fault::CloseIdle) => Self::ThenDead,
            _ => Self::Whole,
        }
    }

    /// What a fault does instead of executing the request.
    pub(crate) fn without_execution(fault: Option<&Fault>) -> Option<Self> {
        match fault? {
            Fault::HangBefore => Some(Self::Never),
            Fault::ResetBefore | Fault::RefuseConnections { .. } => Some(Self::Reset),
            Fault::Html { status, executed: false } => Some(Self::Html(*status)),
            _ => None,
        }
    }

    /// Sends the answer this way. Does not return where none is to leave.
    pub(crate) async fn send(self, reply: Reply, connection: &Connection) -> Response<Body> {
        match self {
            Self::Whole => reply.into(),
            Self::After(wait) => {
                tokio::time::sleep(wait).await;
                reply.into()
            }
            Self::Never => std::future::pending().await,
            Self::Reset => connection.reset().await,
            Self::Cut => connection.cut().await,
            Self::CutBody => cut_in_the_middle(reply),
            Self::Drip(over) => drip(reply, over),
            Self::Garbage => Reply { body: "%&$§ not what was asked for".to_owned(), ..reply }.into(),
            Self::Html(status) => html(status).into(),
            Self::ThenDead => {
                connection.dies_when_used();
                reply.into()
            }
        }
    }
}

fn cut_in_the_middle(reply: Reply) -> Response<Body> {
    in_parts(reply, |body| {
        let half = body.slice(..body.len() / 2);
        Body::from_stream(stream::unfold(Some(half), async |half| match half {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                tokio::time::sleep(FLUSHED).await;
                Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
            }
            None => None,
        }))
    })
}

fn drip(reply: Reply, over: Duration) -> Response<Body> {
    in_parts(reply, |body| {
        let (size, pause) = (body.len().div_ceil(DRIPS).max(1), over / u32::try_from(DRIPS).unwrap_or(1));
        Body::from_stream(stream::unfold(body, move |mut left| async move {
            if left.is_empty() {
                return None;
            }
            tokio::time::sleep(pause).await;
            let drop = left.split_to(size.min(left.len()));
            Some((Ok::<_, Infallible>(drop), left))
        }))
    })
}

/// The reply with its whole length announced and its body sent by `stream`.
fn in_parts(reply: Reply, stream: impl FnOnce(Bytes) -> Body) -> Response<Body> {
    let body = Bytes::from(reply.body.clone());
    let length = body.len();
    let mut response: Response<Body> = reply.into();
    *response.body_mut() = stream(body);
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}

fn html(status: u16) -> Reply {
    let page = format!("<html>\n<head><title>{status}</title></head>\n<body><h1>{status}</h1><hr>nginx</body>\n</html>\n");
    Reply::new(status, "text/html", page)
}
