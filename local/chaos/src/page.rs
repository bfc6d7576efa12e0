//! A page as it opens, and as it is loaded again: what it had in memory is gone.

use crate::dice::{About, Dice};
use crate::tab::{State, Tab};
use crate::weather::Kind;
use serde_json::Value;

impl Tab {
    /// The page is loaded again before the shopper does anything else.
    pub(crate) fn reload(&mut self) {
        self.reloads = true;
    }

    /// The page opens: it asks for the config, takes over what is stored, and asks what became of it. What it had in memory is
    /// gone, if it was open before; meanwhile the shopper may have cleared the storage.
    pub(crate) async fn open(&mut self) {
        if std::mem::take(&mut self.reloads) {
            self.shop.book.forget(&self.browser.close_page(self.tab));
            if Dice::of(self.shop.seed, About::Reload(self.shopper, self.tab, self.sends)).chance(0.1) {
                self.shop.counts.add("storage cleared while a page was closed");
                self.shop.book.forget(&self.browser.clear());
            }
            self.paid_here = None;
        }
        self.browser.open_page(self.tab);
        self.state = State::Idle;
        self.configured().await;
        self.adopt();
        if !self.shop.calm {
            self.send_again(true).await;
        }
    }

    /// `GET /api/config`, as the page calls it while it loads. Its key is the page's from then on.
    async fn configured(&mut self) {
        let weather = self.weather(Kind::Config).0;
        let config = self.shop.config(weather).await;
        let config: Option<Value> = config.and_then(|reply| serde_json::from_str(&reply.body).ok());
        if let Some(key) = config.as_ref().and_then(|config| config["publishable_key"].as_str()) {
            key.clone_into(&mut self.publishable_key);
        }
    }
}
