//! The bucket and CloudFront: the files of `static-site`, read at each request, under the headers of `infra/headers.json`.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::Deserialize;
use std::path::{Component, Path, PathBuf};
use tokio::fs;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static-site");
const HEADERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/headers.json");

/// Stripe's addresses in the page and its headers. The sandbox takes the place of each, and nothing else is changed.
const STRIPES_ORIGINS: [&str; 4] =
    ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com", "https://api.stripe.com"];

/// The storefront's files.
pub(crate) struct Site {
    sandbox: Option<String>,
}

#[derive(Deserialize)]
struct SecurityHeaders {
    headers: Vec<SecurityHeader>,
}

#[derive(Deserialize)]
struct SecurityHeader {
    name: String,
    value: String,
}

impl Site {
    /// With the sandbox's URL in place of Stripe's, if one is given.
    pub(crate) fn new(sandbox: Option<String>) -> Self {
        Self { sandbox }
    }

    /// Answers `GET path`.
    pub(crate) async fn answer(&self, method: &Method, path: &str) -> Response<Body> {
        let mut response = match (method, file_of(path)) {
            (&Method::GET | &Method::HEAD, Some(file)) => self.file(&file).await,
            (&Method::GET | &Method::HEAD, None) => plain(StatusCode::NOT_FOUND, "There is no such page.\n"),
            _ => plain(StatusCode::METHOD_NOT_ALLOWED, "Pages can only be read.\n"),
        };
        match self.security_headers().await {
            Ok(headers) => response.headers_mut().extend(headers),
            Err(error) => return plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("infra/headers.json: {error}\n")),
        }
        response
    }

    async fn file(&self, file: &Path) -> Response<Body> {
        let Ok(bytes) = fs::read(file).await else { return plain(StatusCode::NOT_FOUND, "There is no such page.\n") };
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let body = match (extension, String::from_utf8(bytes)) {
            ("html", Ok(html)) => Body::from(self.sandboxed(&html)),
            (_, Ok(text)) => Body::from(text),
            (_, Err(binary)) => Body::from(binary.into_bytes()),
        };
        let mut response = Response::new(body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(extension)));
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }

    async fn security_headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        let json = fs::read(HEADERS).await.map_err(|error| error.to_string())?;
        let SecurityHeaders { headers } = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
        let parse = |SecurityHeader { name, value }| {
            let wrong = |error: &dyn std::fmt::Display| format!("{name}: {error}");
            Ok((
                name.parse::<HeaderName>().map_err(|error| wrong(&error))?,
                self.sandboxed(&value).parse::<HeaderValue>().map_err(|error| wrong(&error))?,
            ))
        };
        headers.into_iter().map(parse).collect()
    }

    fn sandboxed(&self, text: &str) -> String {
        match &self.sandbox {
            Some(sandbox) => STRIPES_ORIGINS.iter().fold(text.to_owned(), |text, origin| text.replace(origin, sandbox)),
            None => text.to_owned(),
        }
    }
}

/// The file of a path, never one outside of the site.
fn file_of(path: &str) -> Option<PathBuf> {
    let path = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let relative = Path::new(path.trim_start_matches('/'));
    let inside =
        relative.components().all(|part| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".")));
    inside.then(|| Path::new(SITE).join(relative))
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_site() {
        for path in ["/../Cargo.toml", "/images/../../Cargo.toml", "//etc/passwd/..", "/.git/config", "/images/.hidden"] {
            assert_eq!(file_of(path), None, "{path}");
        }
        assert!(file_of("/").is_some_and(|file| file.ends_with("static-site/index.html")));
        assert!(file_of("//images/a.svg").is_some_and(|file| file.starts_with(SITE)));
    }

    #[tokio::test]
    async fn only_stripes_addresses_are_replaced() {
        let site = Site::new(Some("http://127.0.0.1:4243".to_owned()));
        let html = r#"<script src="https://js.stripe.com/dahlia/stripe.js"></script><a href="https://stripe.com">"#;
        assert_eq!(
            site.sandboxed(html),
            r#"<script src="http://127.0.0.1:4243/dahlia/stripe.js"></script><a href="https://stripe.com">"#
        );
        assert_eq!(Site::new(None).sandboxed(html), html);
    }

    #[tokio::test]
    async fn the_catalogue_is_served_under_the_security_headers() {
        let response = Site::new(None).answer(&Method::GET, "/catalog.json").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("https://js.stripe.com"), "{policy}");
    }
}
