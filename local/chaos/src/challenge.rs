//! The bank's dialog, in the middle of a payment: what the shopper does in it. The page's `#authenticate`.

use crate::book::Glimpse;
use crate::dice::{About, Dice};
use crate::request::Request;
use crate::shop::Shop;
use crate::tab::Tab;
use sandbox::Status;

/// What `requires_action` told.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) checkout: String,
    pub(crate) payment_intent: String,
    pub(crate) client_secret: String,
}

/// What is sent after the dialog.
pub(crate) struct Then {
    pub(crate) request: Request,
    /// Whether the dialog ended by itself, so that another one is not shown at once.
    pub(crate) challenged: bool,
}

/// What a shopper does in the dialog.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// With how it ends: `complete`, `fail` or `cancel`.
    Answer(&'static str),
    /// Takes more than an hour between the dialog and the page's next request.
    AnswerTooLate,
    /// "Check again", in the middle of it.
    CheckAgain,
    Leave,
    /// Loads the page again in the middle of it.
    Reload,
    /// Convinces the bank, and loads the page again before it can tell.
    AnswerAndReload,
}

const DEEDS: [(u32, Deed); 8] = [
    (52, Deed::Answer("complete")),
    (10, Deed::Answer("fail")),
    (8, Deed::Answer("cancel")),
    (3, Deed::AnswerTooLate),
    (5, Deed::CheckAgain),
    (4, Deed::Leave),
    (8, Deed::Reload),
    (10, Deed::AnswerAndReload),
];

impl Tab {
    /// Shows the dialog. `None`: the page was loaded again, and asks whoever comes back what to do.
    pub(crate) async fn authenticate(&mut self, asked: &Asked, sent: &Request) -> Option<Then> {
        let mut dice = Dice::of(self.shop.seed, About::Challenge(self.shopper, self.tab, self.challenges));
        self.challenges += 1;
        let deed = *dice.among(&DEEDS);
        tokio::time::sleep(dice.millis(2..60)).await;
        self.shop.counts.add(&format!("bank's dialog: {deed:?}"));
        self.shop.book.step(&asked.checkout, format!("tab {}: in the bank's dialog: {deed:?}", self.tab));
        match deed {
            Deed::Answer(result) => self.shop.answer_challenge(asked, result).await,
            Deed::AnswerAndReload => self.shop.answer_challenge(asked, "complete").await,
            Deed::AnswerTooLate => {
                self.shop.answer_challenge(asked, "complete").await;
                self.shop.let_an_hour_go_by(asked);
            }
            Deed::CheckAgain | Deed::Leave | Deed::Reload => {}
        }
        match deed {
            Deed::Reload | Deed::AnswerAndReload => {
                self.reload();
                None
            }
            Deed::Leave => Some(Then { request: Request::void(&self.publishable_key), challenged: true }),
            Deed::CheckAgain => Some(Then { request: sent.completed(&asked.payment_intent), challenged: false }),
            Deed::Answer(_) | Deed::AnswerTooLate => {
                Some(Then { request: sent.completed(&asked.payment_intent), challenged: true })
            }
        }
    }
}

impl Shop {
    /// Ends the bank's dialog. If it waits for nobody any more, nothing happens.
    pub(crate) async fn answer_challenge(&self, asked: &Asked, result: &str) {
        // Written down before it is done: whoever is told of it in the same moment is told the truth.
        let noted = (result != "complete").then(|| self.note_unauthenticated(asked, Status::RequiresAction)).flatten();
        self.book.on(&asked.checkout, |page| page.challenges.push(self.book.now()));
        let Asked { payment_intent, client_secret, .. } = asked;
        let ended = self.stripe.authenticate(&self.sandbox.publishable_key(), payment_intent, client_secret, result).await;
        let status = ended.unwrap_or_else(|error| error);
        self.book.step(&asked.checkout, format!("    the bank's dialog ended ({result}): {payment_intent} is {status}"));
        self.book.on(&asked.checkout, |page| {
            page.challenges.push(self.book.now());
            if let Some(card) = noted.filter(|_| status != Status::RequiresPaymentMethod.as_str()) {
                page.unauthenticated.remove(&card);
            }
        });
    }

    /// Lets the hour go by in which the server may confirm what was authenticated.
    fn let_an_hour_go_by(&self, asked: &Asked) {
        self.note_unauthenticated(asked, Status::RequiresConfirmation);
        self.book.on(&asked.checkout, |page| page.challenges.push(self.book.now()));
        self.sandbox.expire_authentication(&asked.payment_intent);
        self.book.step(&asked.checkout, format!("    an hour goes by for {}", asked.payment_intent));
    }

    /// The card that is, or was, being authenticated will be refused for it.
    fn note_unauthenticated(&self, asked: &Asked, during: Status) -> Option<String> {
        let ledger = Glimpse::of(&self.sandbox, &asked.checkout);
        let intent = ledger.intent(&asked.payment_intent).filter(|intent| intent.status == during)?;
        let card = intent.payment_method.clone()?;
        self.book.on(&asked.checkout, |page| page.unauthenticated.insert(card.clone()));
        Some(card)
    }
}
