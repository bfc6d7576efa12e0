//! A function that does what its event's path says: a test subject for this crate, in nothing but std.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    if std::env::var("SLOW_INIT").is_ok() {
        std::thread::sleep(Duration::from_mins(1));
    }
    if std::env::var("FAIL_INIT").is_ok() {
        call("POST", "/runtime/init/error", r#"{"errorMessage":"no"}"#)?;
        std::process::exit(1);
    }
    println!("parrot is up");
    loop {
        let (headers, event) = call("GET", "/runtime/invocation/next", "")?;
        let header = |name: &str| {
            let line = headers.iter().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
            line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let id = header("lambda-runtime-aws-request-id");
        if event.contains("/hang") {
            std::thread::sleep(Duration::from_mins(1));
        }
        if event.contains("/exit") {
            std::process::exit(7);
        }
        if event.contains("/error") {
            call("POST", &format!("/runtime/invocation/{id}/error"), r#"{"errorMessage":"no"}"#)?;
            continue;
        }
        let body = format!("{} {}", std::process::id(), header("lambda-runtime-deadline-ms"));
        call("POST", &format!("/runtime/invocation/{id}/response"), &format!(r#"{{"statusCode":200,"body":"{body}"}}"#))?;
    }
}

/// One request on a connection of its own; the headers and the body that come back.
fn call(method: &str, path: &str, body: &str) -> std::io::Result<(Vec<String>, String)> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").map_err(std::io::Error::other)?;
    let mut stream = TcpStream::connect(&api)?;
    write!(
        stream,
        "{method} /2018-06-01{path} HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        headers.push(line);
    }
    let mut body = String::new();
    reader.read_to_string(&mut body)?;
    Ok((headers, body))
}
