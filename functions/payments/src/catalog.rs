//! What the shop sells and for how much: `static-site/catalog.json`, compiled in. The server decides the amount.

use crate::money::{Currency, Money};
use serde::Serialize;

include!(concat!(env!("OUT_DIR"), "/price_list.rs"));

/// At most so many different items stand in one order.
pub const MAX_ITEMS: usize = 20;

/// What the shop sells: an item, how many of it stand in an order at most, and its price in each currency, in minor units.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// As in the page's requests.
    pub sku: &'static str,
    /// From 1 on.
    pub max_quantity: u64,
    /// The build allows prices below 10⁸.
    pub prices: &'static [(Currency, u64)],
}

/// One line of an order: an item of the catalogue, and how many of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Line {
    sku: &'static str,
    quantity: u64,
}

/// Why an order cannot be priced. Positions count the order's lines from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// No line at all.
    Empty,
    /// More than [`MAX_ITEMS`] lines.
    TooManyItems,
    /// Not in the catalogue.
    UnknownSku(usize),
    /// The same sku on an earlier line.
    RepeatedSku(usize),
    /// Outside of 1 to the item's `max_quantity`, which is given.
    Quantity(usize, u64),
    /// The catalogue has no prices in this currency.
    Currency,
    /// The total is more than Stripe charges at once.
    TooLarge,
}

/// A priced order: its lines in the order of their skus, and the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    lines: Vec<Line>,
    total: Money,
}

impl Order {
    /// Prices the wanted `(sku, quantity)` pairs by a price list.
    pub fn price<'a>(
        price_list: &'static [Listed],
        wanted: impl IntoIterator<Item = (&'a str, u64), IntoIter: ExactSizeIterator>,
        currency: Currency,
    ) -> Result<Self, OrderError> {
        let wanted = wanted.into_iter();
        if wanted.len() > MAX_ITEMS {
            return Err(OrderError::TooManyItems);
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut amount = 0_u64;
        for (position, (sku, quantity)) in wanted.enumerate() {
            let listed = price_list.iter().find(|l| l.sku == sku).ok_or(OrderError::UnknownSku(position))?;
            if lines.iter().any(|line| line.sku == sku) {
                return Err(OrderError::RepeatedSku(position));
            }
            if !(1..=listed.max_quantity).contains(&quantity) {
                return Err(OrderError::Quantity(position, listed.max_quantity));
            }
            let (_, price) = listed.prices.iter().find(|(c, _)| *c == currency).ok_or(OrderError::Currency)?;
            // The build allows prices below 10⁸ and quantities below 10², and 20 such lines fit.
            amount += price * quantity;
            lines.push(Line { sku: listed.sku, quantity });
        }
        if lines.is_empty() {
            return Err(OrderError::Empty);
        }
        lines.sort_unstable();
        let total = Money::new(amount, currency).ok_or(OrderError::TooLarge)?;
        Ok(Self { lines, total })
    }

    /// What the shopper pays.
    pub fn total(&self) -> Money {
        self.total
    }

    /// The order as Stripe's receipt names it: `star-map × 2, tide-table × 1`.
    pub fn description(&self) -> String {
        let lines = self.lines.iter().map(|Line { sku, quantity }| format!("{sku} × {quantity}"));
        lines.collect::<Vec<_>>().join(", ")
    }

    /// `sku:quantity` of each line, in the order of the skus: the same order gives the same words.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|Line { sku, quantity }| format!("{sku}:{quantity}"))
    }
}
