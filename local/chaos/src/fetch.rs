//! What a page fetches: on its way, and back.

use crate::book::Verdict;
use crate::request::Request;
use crate::tab::Tab;
use crate::weather::{Kind, Way, Weather};
use runtime::HttpReply;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// Tries for a config that may fail one after the other.
const LOST_CONFIGS: u16 = 3;

impl Tab {
    /// A request of a page's. What has left the browser arrives, whatever becomes of the page.
    pub(crate) async fn fetch(self: Rc<Self>, page: u32, id: u32, path: String, checkout: String, resend: bool, body: String) {
        let pages = self.browser.pages.clone();
        let reply = if checkout.is_empty() {
            self.fetch_config().await
        } else {
            self.send(page, id, &checkout, &Request::read(path, body), resend).await
        };
        let Some(HttpReply { status, body }) = reply else { return pages.resume(page, id, "cut", true) };
        if pages.waits(page, id) && serde_json::from_str::<Value>(&body).is_ok_and(|body| body["checkout"] == "closed") {
            self.browser.shop.book.on(&checkout, |page| page.heard_closed = true);
        }
        pages.resume(page, id, &json!({ "status": status, "text": body, "retryAfter": null }).to_string(), false);
    }

    async fn fetch_config(&self) -> Option<HttpReply> {
        let drawn = self.weather(Kind::Config).0;
        // On a slow machine a process that is killed as it starts makes all others slower: after some tries it is let be.
        let weather = if self.lost_configs.get() < LOST_CONFIGS { drawn } else { Weather::calm() };
        self.lost_configs.set(self.lost_configs.get() + 1);
        if weather.way != Way::Open {
            self.browser.shop.counts.add("hop: config lost");
            return None;
        }
        let mut reply = self.browser.shop.config(weather).await?;
        self.lost_configs.set(0);
        // The shop is live: in test mode, a page takes another publishable key for another sandbox.
        if let Ok(mut config) = serde_json::from_str::<Value>(&reply.body) {
            config["livemode"] = json!(true);
            reply.body = config.to_string();
        }
        Some(reply)
    }

    async fn send(self: &Rc<Self>, page: u32, id: u32, checkout: &str, request: &Request, resend: bool) -> Option<HttpReply> {
        let shop = &self.browser.shop;
        shop.book.notice(self.browser.shopper, checkout);
        self.judge(checkout, request, resend);
        shop.book.leaves(checkout, request);
        let (weather, of_copy) = self.weather(if request.settle { Kind::Settle } else { request.kind });
        if let Some(after) = weather.reload {
            tokio::task::spawn_local(self.clone().reload(page, id, checkout.to_owned(), after));
        }
        if let Some(after) = weather.clear {
            tokio::task::spawn_local(self.clone().clear_storage(checkout.to_owned(), after));
        }
        shop.send(checkout, request, resend, weather, of_copy).await
    }

    /// What the contract asks of a page, whatever comes of it.
    fn judge(&self, checkout: &str, request: &Request, resend: bool) {
        let (number, shop) = (self.number, &self.browser.shop);
        let other_open = shop.book.other_open(checkout);
        shop.book.on(checkout, |page| {
            let mut fault = |why: &str| page.faults.push((Verdict::Untrue, format!("tab {number}: {} {why}", request.path)));
            if !request.settle && !self.is_pressed() {
                fault("is sent, and nobody pressed");
            }
            if !request.settle && !request.path.ends_with("/void") && self.is_cancelled() {
                fault("is sent to be paid, and its shopper pressed Cancel");
            }
            if request.kind == Kind::Pay && !resend && page.sent_by_page {
                fault("is sent again without Till-Resend");
            }
            if other_open && !page.sent_by_page && !self.pressed_early.get() {
                fault("begins a checkout while another one is open");
            }
            page.sent_by_page = true;
        });
    }

    /// The page is closed while it waits; its shopper opens it again.
    async fn reload(self: Rc<Self>, page: u32, id: u32, checkout: String, after: Duration) {
        tokio::time::sleep(after).await;
        if self.page() == Some(page) && self.browser.pages.waits(page, id) {
            self.browser.shop.counts.add("hop: page reloaded while it waited");
            self.browser.shop.book.step(&checkout, format!("tab {}: loaded again while it waited", self.number));
            self.close();
        }
    }

    /// The shopper, or another page of the origin, clears the storage a moment later.
    async fn clear_storage(self: Rc<Self>, checkout: String, after: Duration) {
        self.browser.shop.counts.add("storage cleared while a page was sending");
        tokio::time::sleep(after).await;
        self.browser.shop.book.step(&checkout, "the browser's storage is cleared");
        self.browser.clear();
    }
}
