//! What a browser loads: the stand-in for Stripe.js, from `js/`.
//!
//! A debug build reads the files from disk at each request, so that an edit shows at once; a release build contains them.

use rust_embed::{Embed, EmbeddedFile};

use crate::reply::Reply;

#[derive(Embed)]
#[folder = "js/"]
struct Files;

const STRIPE_JS: &str = "stripe.js";

/// The file of that name. `/dahlia/stripe.js` and every other train are the same `stripe.js`.
pub(crate) fn file(path: &str) -> Reply {
    let name = path.strip_prefix("/js/").unwrap_or(STRIPE_JS);
    let text = if name == STRIPE_JS { stripe_js() } else { Files::get(name).and_then(text) };
    let reply = match text {
        Some(text) => Reply::new(200, content_type(name), text),
        None => Reply::new(404, "text/plain; charset=utf-8", format!("The sandbox has no file {name}.\n")),
    };
    reply.header("cache-control", "no-store")
}

/// The script of the merchant's page. It is loaded as a classic one, which cannot import: the files of `js/page/`,
/// in the order of their names, share one function.
fn stripe_js() -> Option<String> {
    let mut names: Vec<_> = Files::iter().filter(|name| name.starts_with("page/")).collect();
    names.sort();
    let parts = names.iter().map(|name| Files::get(name).and_then(text)).collect::<Option<Vec<_>>>()?;
    Some(format!("(() => {{\n'use strict';\n\n{}}})();\n", parts.join("\n")))
}

fn text(file: EmbeddedFile) -> Option<String> {
    String::from_utf8(file.data.into_owned()).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripe_js_is_every_file_of_the_page_once_in_the_order_of_their_names() {
        let script = file("/dahlia/stripe.js").body;
        let mut names: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/js/page"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        let mut rest = script.strip_prefix("(() => {\n'use strict';\n").unwrap();
        for name in names {
            rest = rest.trim_start().strip_prefix(&std::fs::read_to_string(name).unwrap()).unwrap();
        }
        assert_eq!(rest, "})();\n");
        assert_eq!(script, file("/js/stripe.js").body);
    }

    #[test]
    fn what_does_not_exist_is_not_found() {
        assert_eq!(file("/js/none.js").status, 404);
        assert_eq!(file("/js/challenge.html").status, 200);
    }
}
