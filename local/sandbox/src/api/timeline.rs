//! All `PaymentIntents` of an account in the order of their creation: the stored ones, and between them those of the background.

use std::borrow::Cow;
use std::iter::{self, Peekable};
use std::ops::Range;

use super::list::{Cursor, Page};
use crate::background::Background;
use crate::error::Error;
use crate::intent::PaymentIntent;
use crate::keys::AccountId;
use crate::state::State;

/// The intents of one account as of one moment.
pub(crate) struct Timeline<'a> {
    state: &'a State,
    account: AccountId,
    now_ms: u64,
}

/// A place between intents: the rows before it are older, and so are the background's lower numbers.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    number: u64,
}

type Intent<'a> = Cow<'a, PaymentIntent>;

impl<'a> Timeline<'a> {
    pub(crate) fn new(state: &'a State, account: AccountId) -> Self {
        Self { state, account, now_ms: state.clock.now_ms() }
    }

    /// The intents of a page, newest first, and whether there are more. An unknown cursor is refused.
    pub(crate) fn page(&self, page: &Page) -> Result<(Vec<Intent<'a>>, bool), Error> {
        let limit = page.limit;
        let (mut found, newest_first): (Vec<_>, _) = match &page.cursor {
            Cursor::Newest => {
                let newest = Place { row: self.state.intents.rows().len(), number: u64::MAX };
                (self.older(newest, page).take(limit + 1).collect(), true)
            }
            Cursor::After(id) => {
                let (older, _) = self.around(id).ok_or_else(|| no_such("starting_after", id))?;
                (self.older(older, page).take(limit + 1).collect(), true)
            }
            Cursor::Before(id) => {
                let (_, newer) = self.around(id).ok_or_else(|| no_such("ending_before", id))?;
                (self.newer(newer, page).take(limit + 1).collect(), false)
            }
        };
        let has_more = found.len() > limit;
        found.truncate(limit);
        if !newest_first {
            found.reverse();
        }
        Ok((found, has_more))
    }

    /// The places just before and just after an intent.
    fn around(&self, id: &str) -> Option<(Place, Place)> {
        let rows = self.state.intents.rows();
        if let Some(number) = self.background().and_then(|background| background.number_in("pi", id, self.now_ms)) {
            let at = self.background()?.made_at(number);
            let row = rows.partition_point(|intent| sorted_as(intent) < at);
            return Some((Place { row, number }, Place { row, number: number + 1 }));
        }
        let row = self.state.intents.row(self.account, id)?;
        let number = self.background().map_or(0, |background| background.made(0, sorted_as(&rows[row])).end);
        Some((Place { row, number }, Place { row: row + 1, number }))
    }

    /// What is older than a place and on the page, newest first.
    fn older(&self, place: Place, page: &Page) -> impl Iterator<Item = Intent<'a>> {
        let mut stored = self.stored(0..place.row, page.created.clone()).rev().peekable();
        let numbers = self.numbers(&page.created);
        let mut made = (numbers.start..numbers.end.min(place.number)).rev().peekable();
        let background = self.background();
        iter::from_fn(move || next(background, &mut stored, &mut made, |stored, made| stored >= made))
    }

    /// What is newer than a place and on the page, oldest first.
    fn newer(&self, place: Place, page: &Page) -> impl Iterator<Item = Intent<'a>> {
        let mut stored = self.stored(place.row..self.state.intents.rows().len(), page.created.clone()).peekable();
        let numbers = self.numbers(&page.created);
        let mut made = (numbers.start.max(place.number)..numbers.end).peekable();
        let background = self.background();
        iter::from_fn(move || next(background, &mut stored, &mut made, |stored, made| stored < made))
    }

    /// The stored intents of some rows, made in those seconds.
    fn stored(&self, rows: Range<usize>, created: Range<u64>) -> impl DoubleEndedIterator<Item = &'a PaymentIntent> + use<'a> {
        let account = self.account;
        let rows = self.state.intents.rows()[rows].iter();
        rows.filter(move |intent| intent.account == account && created.contains(&intent.created))
    }

    /// The background's numbers of those seconds.
    fn numbers(&self, created: &Range<u64>) -> Range<u64> {
        let (from_ms, before_ms) = (created.start.saturating_mul(1000), created.end.saturating_mul(1000));
        match self.background() {
            Some(background) if before_ms > 0 => background.made(from_ms, self.now_ms.min(before_ms - 1)),
            _ => 0..0,
        }
    }

    fn background(&self) -> Option<&'a Background> {
        self.state.background.as_ref().filter(|background| background.account == self.account)
    }
}

/// The next of two sequences; `stored_first` compares the heads of both.
fn next<'a>(
    background: Option<&Background>,
    stored: &mut Peekable<impl Iterator<Item = &'a PaymentIntent>>,
    made: &mut Peekable<impl Iterator<Item = u64>>,
    stored_first: impl Fn(u64, u64) -> bool,
) -> Option<Intent<'a>> {
    let Some(background) = background else { return stored.next().map(Cow::Borrowed) };
    let takes_stored = match (stored.peek(), made.peek()) {
        (Some(intent), Some(number)) => stored_first(sorted_as(intent), background.made_at(*number)),
        (stored, _) => stored.is_some(),
    };
    if takes_stored { stored.next().map(Cow::Borrowed) } else { made.next().map(|number| Cow::Owned(background.intent(number))) }
}

/// Where a stored intent stands among those of the background, in milliseconds: at the start of its second.
fn sorted_as(intent: &PaymentIntent) -> u64 {
    intent.created * 1000
}

fn no_such(param: &str, id: &str) -> Error {
    Error::no_such(400, "payment_intent", param, id)
}
