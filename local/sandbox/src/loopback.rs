//! Who may speak to a port of 127.0.0.1: this machine's own programs, and the pages that were loaded from it.
//!
//! A page of any site can send requests here, by name (one that it lets resolve to 127.0.0.1) or blindly. The first is known by
//! its `Host`, the second by its `Origin` and `Sec-Fetch-Site`, which no page can change.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, header};

use crate::reply::Reply;

/// The refusal of a request that does not name this machine and this port.
pub(crate) fn misdirected<B>(request: &Request<B>, port: u16) -> Option<Response<Body>> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let is_ours = host.is_some_and(|host| is_loopback(host, port))
        && hosts.next().is_none()
        && request.uri().authority().is_none_or(|authority| is_loopback(authority.as_str(), port));
    if is_ours {
        return None;
    }
    let message = format!("This port answers to 127.0.0.1:{port} and localhost:{port} only.\n");
    Some(Reply::new(421, "text/plain; charset=utf-8", message).into())
}

/// Stripe's own origin, in whose place a test serves the stand-in's frames. No page but Stripe's can have it.
const STRIPE_JS: &str = "https://js.stripe.com";

/// Whether a request comes from a page of another site than those of these ports of this machine, and Stripe's own.
pub(crate) fn is_of_another_site(headers: &HeaderMap, ports: &[u16]) -> bool {
    let is_ours = |origin: &str| {
        origin == STRIPE_JS
            || origin.strip_prefix("http://").is_some_and(|host| ports.iter().any(|port| is_loopback(host, *port)))
    };
    let foreign_origin = headers.get_all(header::ORIGIN).iter().any(|origin| !origin.to_str().is_ok_and(is_ours));
    foreign_origin || headers.get_all("sec-fetch-site").iter().any(|site| site == "cross-site")
}

/// Whether it is `127.0.0.1:PORT`, `localhost:PORT` or `[::1]:PORT`.
fn is_loopback(host: &str, port: u16) -> bool {
    host.rsplit_once(':').is_some_and(|(name, given)| {
        given == port.to_string() && ["127.0.0.1", "localhost", "[::1]"].iter().any(|ours| name.eq_ignore_ascii_case(ours))
    })
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_with_that_very_port_is_loopback() {
        for ours in ["127.0.0.1:4242", "localhost:4242", "LocalHost:4242", "[::1]:4242"] {
            assert!(is_loopback(ours, 4242), "{ours}");
        }
        for other in [
            "",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:4243",
            "127.0.0.1:04242",
            "127.0.0.1:4242:4242",
            "127.0.0.2:4242",
            "localhost.evil.example:4242",
            "localhost@evil.example:4242",
            "evil.example:4242",
            "::1:4242",
            " localhost:4242",
        ] {
            assert!(!is_loopback(other, 4242), "{other}");
        }
    }
}
