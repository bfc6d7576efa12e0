//! Who may speak to the sandbox: this machine, and no page of another site.

use std::time::{Duration, Instant};

use reqwest::Method;
use sandbox::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, PAYMENT, form, send};

/// What a port answers to these lines, whole, as text.
async fn raw(address: &str, lines: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(format!("{lines}\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn only_this_machine_by_its_name_and_port_is_answered() {
    let client = Client::start().await;
    let door = client.sandbox.door().await.unwrap();
    for url in [client.sandbox.url(), door.url()] {
        let address = url.strip_prefix("http://").unwrap();
        let port = address.rsplit_once(':').unwrap().1;
        for (name, status) in [
            (format!("127.0.0.1:{port}"), 200),
            (format!("localhost:{port}"), 200),
            (format!("[::1]:{port}"), 200),
            ("evil.example".to_owned(), 421),
            (format!("evil.example:{port}"), 421),
            (format!("localhost.evil.example:{port}"), 421),
            ("127.0.0.1:1".to_owned(), 421),
            ("127.0.0.1".to_owned(), 421),
            (String::new(), 421),
        ] {
            for request in ["GET /_sandbox/ledger", "GET /dahlia/stripe.js", "POST /_sandbox/reset"] {
                let answer = raw(address, &format!("{request} HTTP/1.1\r\nhost: {name}")).await;
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request} of {name}: {answer}");
            }
        }
        for lines in [
            "GET /_sandbox/ledger HTTP/1.1".to_owned(),
            "GET /_sandbox/ledger HTTP/1.0".to_owned(),
            format!("GET /_sandbox/ledger HTTP/1.1\r\nhost: {address}\r\nhost: evil.example"),
            format!("GET http://evil.example/_sandbox/ledger HTTP/1.1\r\nhost: {address}"),
        ] {
            let answer = raw(address, &lines).await;
            assert!(answer.starts_with("HTTP/1.1 421 ") || answer.starts_with("HTTP/1.0 421 "), "{lines}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_by_its_host_does_nothing() {
    let client = Client::start().await;
    client.pay("pm_card_visa").await.succeeds();
    let address = client.sandbox.url().replace("http://", "");
    let secret = "POST / HTTP/1.1\r\nhost: evil.example\r\nx-amz-target: secretsmanager.GetSecretValue";
    let answer = raw(&address, secret).await;
    assert!(answer.starts_with("HTTP/1.1 421 ") && answer.contains("This port answers to 127.0.0.1:"), "{answer}");
    assert!(!answer.contains(&client.sandbox.secret_key()));
    raw(&address, "POST /_sandbox/reset HTTP/1.1\r\nhost: evil.example").await;
    let ledger = client.sandbox.ledger();
    assert_eq!((ledger.charges().len(), ledger.requests().len()), (1, 1));
}

#[tokio::test]
async fn no_page_of_another_site_turns_a_control() {
    let client = Client::with(Options { storefront_port: Some(4242), ..Options::default() }).await;
    let (own, secret) = (client.sandbox.url(), client.sandbox.secret_key());
    let turn = async |method: Method, name: &str, headers: &[(&'static str, &str)]| {
        let request = client.http.request(method, format!("{own}/_sandbox/{name}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        send(request).await.status
    };
    let own_origin = ("origin", own.as_str());
    for foreign in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "https://js.stripe.com.evil.example")],
        &[("origin", "http://127.0.0.1:4244")],
        &[("origin", "https://127.0.0.1:4242")],
        &[("origin", "http://localhost.evil.example:4242")],
        &[("sec-fetch-site", "cross-site")],
        &[own_origin, ("sec-fetch-site", "cross-site")],
    ] {
        for name in ["reset", "clock", "keys/roll", "keys/roll-publishable", "account/switch", "3ds/pi_1"] {
            assert_eq!(turn(Method::POST, name, foreign).await, 403, "{name} {foreign:?}");
        }
        for (method, name) in [(Method::PUT, "faults"), (Method::DELETE, "faults"), (Method::PUT, "behaviour")] {
            assert_eq!(turn(method, name, foreign).await, 403, "{name} {foreign:?}");
        }
        assert_eq!(turn(Method::GET, "ledger", foreign).await, 200);
    }
    assert_eq!(client.sandbox.secret_key(), secret);
    for ours in [
        &[][..],
        &[own_origin, ("sec-fetch-site", "same-origin")],
        &[("origin", "http://127.0.0.1:4242"), ("sec-fetch-site", "same-site")],
        &[("origin", "http://localhost:4242")],
        &[("origin", "https://js.stripe.com"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ] {
        assert_eq!(turn(Method::POST, "reset", ours).await, 200, "{ours:?}");
        assert_eq!(turn(Method::POST, "3ds/pi_1", ours).await, 400, "{ours:?}");
    }
    // Stripe's own API is open to every page: its key is the right to it.
    let request = client.request(Method::POST, "/v1/payment_intents").header("origin", "https://shop.example");
    send(form(request, &[PAYMENT, &[("payment_method", "pm_card_visa")]].concat())).await.succeeds();
}

#[tokio::test]
async fn a_connection_without_a_complete_header_is_ended() {
    let client = Client::start().await;
    let started = Instant::now();
    let mut socket = TcpStream::connect(client.sandbox.url().replace("http://", "")).await.unwrap();
    socket.write_all(b"GET /_sandbox/ledger HTTP/1.1\r\nhost: 127").await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await;
    assert!(ended.is_ok() && started.elapsed() >= Duration::from_secs(9), "{ended:?} after {:?}", started.elapsed());
    assert_eq!(answer, b"");
}
