//! Stripe's test cards, each through the function. <https://docs.stripe.com/testing>

use crate::shop::Shop;

/// PaymentMethod, status, code, decline code, advice.
const CARDS: [(&str, u16, &str, Option<&str>, &str); 20] = [
    ("pm_card_visa", 200, "", None, ""),
    ("pm_card_us", 200, "", None, ""),
    ("pm_card_ca", 200, "", None, ""),
    ("pm_card_mastercard", 200, "", None, ""),
    ("pm_card_amex", 200, "", None, ""),
    ("pm_card_visa_chargeDeclined", 402, "card_declined", Some("generic_decline"), "contact_issuer"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", 402, "card_declined", Some("insufficient_funds"), "use_another_card"),
    // Lost, stolen and fraudulent cards read as a plain decline.
    ("pm_card_visa_chargeDeclinedLostCard", 402, "card_declined", Some("generic_decline"), "contact_issuer"),
    ("pm_card_visa_chargeDeclinedStolenCard", 402, "card_declined", Some("generic_decline"), "contact_issuer"),
    ("pm_card_radarBlock", 402, "card_declined", Some("generic_decline"), "contact_issuer"),
    ("pm_card_chargeDeclinedExpiredCard", 402, "expired_card", None, "use_another_card"),
    ("pm_card_chargeDeclinedIncorrectCvc", 402, "incorrect_cvc", None, "correct_details"),
    ("pm_card_chargeDeclinedProcessingError", 402, "processing_error", None, "try_again"),
    (
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        402,
        "card_declined",
        Some("card_velocity_exceeded"),
        "use_another_card",
    ),
    ("pm_card_chargeCustomerFail", 402, "card_declined", Some("generic_decline"), "contact_issuer"),
    (
        "pm_card_authenticationRequiredOnSetup",
        402,
        "authentication_required",
        Some("authentication_not_handled"),
        "use_another_card",
    ),
    ("pm_card_authenticationRequired", 402, "authentication_required", Some("authentication_not_handled"), "use_another_card"),
    ("pm_card_threeDSecure2Required", 402, "authentication_required", Some("authentication_not_handled"), "use_another_card"),
    ("pm_card_nobody_has", 400, "payment_method_invalid", None, ""),
    ("pm_usBankAccount_success", 400, "payment_method_invalid", None, ""),
];

#[tokio::test]
async fn every_test_card_has_its_outcome_code_and_advice() {
    let shop = Shop::open().await;
    for (card, status, code, decline_code, advice) in CARDS {
        let before = shop.charges();
        let reply = shop.checkout().pay(card).await;
        let outcome = match status {
            200 => "paid",
            402 => "declined",
            _ => "not_attempted",
        };
        reply.must_be(status, outcome, code);
        let error = &reply.body["error"];
        assert_eq!(error["decline_code"].as_str(), decline_code, "{card}: {reply}");
        assert_eq!(error["advice"].as_str().unwrap_or_default(), advice, "{card}: {reply}");
        assert_eq!(shop.charges() - before, usize::from(status == 200), "{card}");
    }
}

#[tokio::test]
async fn a_masked_decline_differs_in_nothing_from_a_plain_one() {
    let shop = Shop::open().await;
    let plain = shop.checkout().pay("pm_card_visa_chargeDeclined").await;
    for card in ["pm_card_visa_chargeDeclinedLostCard", "pm_card_visa_chargeDeclinedStolenCard", "pm_card_radarBlock"] {
        let masked = shop.checkout().pay(card).await;
        assert_eq!(masked.body["error"], plain.body["error"], "{card}");
        assert_eq!(masked.status, plain.status);
    }
}
