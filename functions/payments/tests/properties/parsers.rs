//! Parsers take what they should and nothing else, and money adds up.

use payments::catalog::{CURRENCIES, MAX_ITEMS, Order, OrderError, PRICE_LIST};
use payments::checkout::CheckoutId;
use payments::money::{Currency, Money};
use payments::stripe::{PaymentIntentId, PaymentMethodId};
use proptest::prelude::*;
use serde_json::Value;
use uuid::{NoContext, Timestamp, Uuid};

/// The catalogue as the page reads it.
fn catalogue() -> Vec<(String, u64, u64)> {
    let catalogue: Value = serde_json::from_str(include_str!("../../../../static-site/catalog.json")).unwrap();
    let items = catalogue["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| {
            (
                item["sku"].as_str().unwrap().to_owned(),
                item["prices"]["usd"].as_u64().unwrap(),
                item["max_quantity"].as_u64().unwrap(),
            )
        })
        .collect()
}

proptest! {
    #[test]
    fn a_checkout_id_is_itself_again(seconds in 0_u64..1 << 33, nanos in 0_u32..1_000_000_000) {
        let text = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos)).to_string();
        let id = CheckoutId::parse(&text, u64::MAX).unwrap();
        prop_assert_eq!(id.to_string(), text);
        prop_assert_eq!(id.minted_ms(), seconds * 1000 + u64::from(nanos) / 1_000_000);
    }

    #[test]
    fn nothing_else_is_a_checkout_id(text in "\\PC{0,40}", now in any::<u64>()) {
        if let Ok(id) = CheckoutId::parse(&text, now) {
            prop_assert_eq!(id.to_string(), text);
            prop_assert!(id.minted_ms() <= now.saturating_add(300_000));
        }
    }

    #[test]
    fn an_id_that_is_taken_is_kept_to_the_letter(text in "(pi_|pm_|)[\\PC]{0,20}") {
        for (kept, prefix) in [
            (PaymentMethodId::parse(&text).map(|id| id.as_str().to_owned()), "pm_"),
            (PaymentIntentId::parse(&text).map(|id| id.as_str().to_owned()), "pi_"),
        ] {
            if let Some(kept) = kept {
                prop_assert_eq!(&kept, &text);
                prop_assert!(kept.starts_with(prefix));
                prop_assert!(!kept.contains(['/', '?', '#', '%', ' ']), "it will stand in a path: {}", kept);
            }
        }
    }

    #[test]
    fn money_is_never_more_than_stripe_charges(amount in any::<u64>()) {
        match Money::new(amount, Currency::Cad) {
            Some(money) => prop_assert_eq!((money.amount(), money.currency()), (amount, Currency::Cad)),
            None => prop_assert!(amount > Money::MAX_AMOUNT),
        }
    }

    #[test]
    fn a_total_is_the_sum_of_price_times_quantity(quantities in prop::collection::vec(0_u64..12, 0..4)) {
        let catalogue = catalogue();
        let wanted: Vec<_> = catalogue.iter().zip(&quantities).map(|((sku, ..), quantity)| (sku.as_str(), *quantity)).collect();
        let right = !wanted.is_empty() && catalogue.iter().zip(&quantities).all(|((_, _, most), q)| (1..=*most).contains(q));
        match Order::price(PRICE_LIST, wanted.iter().copied(), Currency::Usd) {
            Ok(order) => {
                prop_assert!(right);
                let sum: u64 = catalogue.iter().zip(&quantities).map(|((_, price, _), quantity)| price * quantity).sum();
                prop_assert_eq!(order.total().amount(), sum);
                let mut backwards = wanted.clone();
                backwards.reverse();
                prop_assert_eq!(Order::price(PRICE_LIST, backwards, Currency::Usd), Ok(order), "the order of the lines does not matter");
            }
            Err(error) => prop_assert!(!right, "{:?}", error),
        }
    }

    #[test]
    fn unknown_and_repeated_skus_are_refused_by_their_position(sku in "[a-z0-9-]{0,40}", repeats in 2_usize..30) {
        prop_assume!(catalogue().iter().all(|(known, ..)| *known != sku));
        let wanted = [("star-map", 1), (sku.as_str(), 1)];
        prop_assert_eq!(Order::price(PRICE_LIST, wanted, CURRENCIES[0]), Err(OrderError::UnknownSku(1)));
        let repeated = std::iter::repeat_n(("star-map", 1), repeats.min(MAX_ITEMS));
        prop_assert_eq!(Order::price(PRICE_LIST, repeated, CURRENCIES[0]), Err(OrderError::RepeatedSku(1)));
    }
}
