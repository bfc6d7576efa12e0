//! What a browser loads: the stand-in for Stripe.js, from `js/`.
//!
//! A debug build reads the files from disk at each request, so that an edit shows at once; a release build contains them.

use rust_embed::Embed;

use crate::reply::Reply;

#[derive(Embed)]
#[folder = "js/"]
struct Files;

/// The file of that name. `/dahlia/stripe.js` and every other train are the same `stripe.js`.
pub(crate) fn file(path: &str) -> Reply {
    let name = path.strip_prefix("/js/").unwrap_or("stripe.js");
    let text = Files::get(name).and_then(|file| String::from_utf8(file.data.into_owned()).ok());
    let reply = match text {
        Some(text) => Reply::new(200, content_type(name), text),
        None => Reply::new(404, "text/plain; charset=utf-8", format!("The sandbox has no file {name}.\n")),
    };
    reply.header("cache-control", "no-store")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}
