//! Every test card, by number and by `pm_card_…`.

use crate::client::Client;

const PAID: (&str, &str) = ("", "");
const WANTS_AUTHENTICATION: (&str, &str) = ("authentication_required", "authentication_not_handled");

/// Number, test `PaymentMethods`, code and decline code.
const CARDS: &[(&str, &[&str], (&str, &str))] = &[
    ("4242424242424242", &["pm_card_visa", "pm_card_us"], PAID),
    ("4000001240000000", &["pm_card_ca"], PAID),
    ("5555555555554444", &["pm_card_mastercard"], PAID),
    ("378282246310005", &["pm_card_amex"], PAID),
    ("4000000000003055", &["pm_card_threeDSecureOptional"], PAID),
    ("4000000000000002", &["pm_card_visa_chargeDeclined"], ("card_declined", "generic_decline")),
    ("4000000000009995", &["pm_card_visa_chargeDeclinedInsufficientFunds"], ("card_declined", "insufficient_funds")),
    ("4000000000009987", &["pm_card_visa_chargeDeclinedLostCard"], ("card_declined", "lost_card")),
    ("4000000000009979", &["pm_card_visa_chargeDeclinedStolenCard"], ("card_declined", "stolen_card")),
    ("4000000000000069", &["pm_card_chargeDeclinedExpiredCard"], ("expired_card", "")),
    ("4000000000000127", &["pm_card_chargeDeclinedIncorrectCvc"], ("incorrect_cvc", "")),
    ("4000000000000119", &["pm_card_chargeDeclinedProcessingError"], ("processing_error", "")),
    ("4000000000006975", &["pm_card_visa_chargeDeclinedVelocityLimitExceeded"], ("card_declined", "card_velocity_exceeded")),
    ("4000000000000341", &["pm_card_chargeCustomerFail"], ("card_declined", "generic_decline")),
    ("4100000000000019", &["pm_card_radarBlock"], ("card_declined", "fraudulent")),
    ("4000002500003155", &["pm_card_authenticationRequiredOnSetup"], WANTS_AUTHENTICATION),
    ("4000002760003184", &["pm_card_authenticationRequired"], WANTS_AUTHENTICATION),
    ("4000000000003220", &["pm_card_threeDSecure2Required"], WANTS_AUTHENTICATION),
    ("4000008400001629", &["pm_card_threeDSecureRequiredChargeDeclined"], WANTS_AUTHENTICATION),
];

#[tokio::test]
async fn each_card_is_paid_or_declined_by_number_and_by_test_id() {
    let client = Client::start().await;
    for (number, ids, (code, decline_code)) in CARDS {
        let mut methods = vec![client.card(number).await];
        methods.extend(ids.iter().map(|id| (*id).to_owned()));
        for method in methods {
            let answer = client.pay(&method).await;
            if code.is_empty() {
                assert_eq!(answer.succeeds()["status"], "succeeded", "{method}");
                continue;
            }
            let answer = answer.fails(402, code);
            assert_eq!(answer.error("type"), "card_error");
            assert_eq!(answer.error("decline_code"), *decline_code, "{method}");
            let intent = &answer.body["error"]["payment_intent"];
            assert_eq!(intent["status"], "requires_payment_method");
            assert_eq!(intent["payment_method"], serde_json::Value::Null);
            assert_eq!(intent["last_payment_error"]["code"], *code);
        }
    }
}

#[tokio::test]
async fn a_decline_leaves_a_failed_charge_and_an_unauthenticated_payment_leaves_none() {
    let client = Client::start().await;
    client.pay("pm_card_visa_chargeDeclined").await.fails(402, "card_declined");
    client.pay("pm_card_authenticationRequired").await.fails(402, "authentication_required");
    let ledger = client.sandbox.ledger();
    let charges: Vec<_> = ledger.charges().iter().map(|charge| (charge.paid, charge.failure_code)).collect();
    assert_eq!(charges, [(false, Some("card_declined"))]);
    assert_eq!(ledger.paid_charges().count(), 0);
}
