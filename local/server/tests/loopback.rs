//! Who may speak to the ports of `cargo run`: this machine, and where a real key is behind them, the function alone.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// `cargo run`, until it is dropped.
struct Till {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// What it has printed so far.
    printed: String,
}

impl Till {
    fn start(port: u16, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
        command.args(["--port", &port.to_string()]).stdout(Stdio::piped());
        // Nothing of this leaves the machine.
        command.env_remove("STRIPE_SECRET_KEY").env_remove("STRIPE_PUBLISHABLE_KEY").env("HTTPS_PROXY", "http://127.0.0.1:1");
        let mut process = command.envs(settings.iter().copied()).spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Self { process, stdout, printed: String::new() }
    }

    /// Reads what it prints, up to a line that contains `text`.
    fn prints(&mut self, text: &str) {
        while !self.printed.contains(text) {
            let read = self.stdout.read_line(&mut self.printed).unwrap();
            assert!(read > 0, "it ended, having said: {}", self.printed);
        }
    }

    /// `127.0.0.1:PORT` of the line that begins so.
    fn address(&self, line: &str) -> String {
        let line = self.printed.lines().find(|printed| printed.starts_with(line)).unwrap();
        line.split_whitespace().nth(1).unwrap().strip_prefix("http://").unwrap().to_owned()
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a port answers to these lines, whole, as text.
fn raw(address: &str, lines: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(socket, "{lines}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn only_this_machine_by_its_name_and_port_is_answered() {
    let mut till = Till::start(0, &[]);
    till.prints("Ctrl-C ends it.");
    let storefront = till.address("Storefront");
    for address in [&storefront, &till.address("Sandbox")] {
        let named = |name: &str| address.replace("127.0.0.1", name);
        for host in [named("evil.example"), named("localhost.evil.example"), "127.0.0.1:1".to_owned(), "127.0.0.1".to_owned()] {
            for request in ["GET /", "GET /catalog.json", "POST /api/pay", "GET /_sandbox/ledger"] {
                let answer = raw(address, &format!("{request} HTTP/1.1\r\nhost: {host}"), "");
                assert_eq!(status(&answer), "421", "{request} of {host}: {answer}");
            }
        }
    }
    let get = |host: &str| raw(&storefront, &format!("GET / HTTP/1.1\r\nhost: {host}"), "");
    assert_eq!(status(&get(&storefront)), "200");
    // The function knows one origin for its own.
    for name in ["localhost", "[::1]"] {
        let redirect = get(&storefront.replace("127.0.0.1", name));
        assert_eq!(status(&redirect), "307");
        assert!(redirect.contains(&format!("location: http://{storefront}/\r\n")), "{redirect}");
    }
}

#[test]
fn a_connection_without_a_complete_header_is_ended() {
    let mut till = Till::start(0, &[]);
    till.prints("Ctrl-C ends it.");
    let started = Instant::now();
    let mut socket = TcpStream::connect(till.address("Storefront")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: 127").unwrap();
    assert_eq!(socket.read(&mut [0; 64]).unwrap(), 0);
    assert!(started.elapsed() >= Duration::from_secs(9), "{:?}", started.elapsed());
}

/// A port whose next one is free as well.
fn free_ports() -> u16 {
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind((Ipv4Addr::LOCALHOST, port + 1)).is_ok() {
            return port;
        }
    }
}

#[test]
fn a_key_of_stripes_test_mode_is_read_by_the_function_alone() {
    let key = format!("sk_test_51{}", "a".repeat(97));
    let port = free_ports();
    let publishable = key.replace("sk_", "pk_");
    let mut till = Till::start(port, &[("STRIPE_SECRET_KEY", &key), ("STRIPE_PUBLISHABLE_KEY", &publishable)]);
    till.prints("read from Secrets Manager");
    let address = format!("127.0.0.1:{}", port + 1);
    let target = "x-amz-target: secretsmanager.GetSecretValue";
    let credential = "authorization: AWS4-HMAC-SHA256 Credential=sandbox/20261129/us-east-1/secretsmanager/aws4_request";
    for header in ["accept: */*", credential] {
        let lines = format!("POST / HTTP/1.1\r\nhost: {address}\r\n{target}\r\n{header}");
        let answer = raw(&address, &lines, r#"{"SecretId": "till/stripe"}"#);
        assert_eq!(status(&answer), "400", "{answer}");
        assert!(answer.contains("UnrecognizedClientException") && !answer.contains(&key), "{answer}");
    }
    for request in ["GET /_sandbox/ledger", "POST /_sandbox/reset", "POST /_sandbox/keys/roll", "POST /v1/payment_intents"] {
        let answer = raw(&address, &format!("{request} HTTP/1.1\r\nhost: {address}"), "");
        assert_eq!(status(&answer), "404", "{request}: {answer}");
    }
}
