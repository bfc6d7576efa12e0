//! 3-D Secure: the manual flow, in which the server confirms again after the challenge.

use std::time::Duration;

use serde_json::Value;

use crate::client::{Answer, Client, PAYMENT, form, send};

/// Always authenticates.
pub(crate) const ASKS: &str = "pm_card_authenticationRequired";
pub(crate) const INTENTS: &str = "/v1/payment_intents";
const MANUAL: &[(&str, &str)] = &[
    ("amount", "1099"),
    ("currency", "usd"),
    ("payment_method_types[]", "card"),
    ("confirm", "true"),
    ("confirmation_method", "manual"),
    ("use_stripe_sdk", "true"),
];

impl Client {
    /// Creates and confirms an intent that the server confirms again after the challenge.
    pub(crate) async fn pay_manually(&self, method: &str) -> Answer {
        self.post(INTENTS, &[MANUAL, &[("payment_method", method)]].concat()).await
    }

    async fn confirm(&self, intent: &Value, params: &[(&str, &str)]) -> Answer {
        self.post(&format!("{INTENTS}/{}/confirm", id(intent)), params).await
    }

    pub(crate) async fn read(&self, intent: &Value) -> Value {
        self.get(&format!("{INTENTS}/{}", id(intent))).await.succeeds()
    }

    /// What the stand-in for Stripe.js sends when the shopper has ended the challenge.
    pub(crate) async fn challenge(&self, intent: &Value, result: &str) -> Answer {
        self.challenge_with(intent, &[("client_secret", secret(intent)), ("result", result)]).await
    }

    pub(crate) async fn challenge_with(&self, intent: &Value, params: &[(&str, &str)]) -> Answer {
        let url = format!("{}/_sandbox/3ds/{}", self.sandbox.url(), id(intent));
        send(form(self.http.post(url), params)).await
    }

    /// Whether each charge so far took money.
    pub(crate) fn charges(&self) -> Vec<bool> {
        self.sandbox.ledger().charges().iter().map(|charge| charge.paid).collect()
    }
}

pub(crate) fn id(intent: &Value) -> &str {
    intent["id"].as_str().unwrap()
}

pub(crate) fn secret(intent: &Value) -> &str {
    intent["client_secret"].as_str().unwrap()
}

#[track_caller]
pub(crate) fn must_ask(intent: &Value) {
    assert_eq!(intent["status"], "requires_action");
    assert!(intent["payment_method"].is_string());
    let action = &intent["next_action"];
    assert_eq!(
        (&action["type"], &action["use_stripe_sdk"]["type"]),
        (&"use_stripe_sdk".into(), &"three_d_secure_redirect".into())
    );
}

#[track_caller]
fn must_have_failed(intent: &Value, code: &str, method: &Value) {
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!((&intent["payment_method"], &intent["next_action"]), (&Value::Null, &Value::Null));
    let error = &intent["last_payment_error"];
    assert_eq!((error["type"].as_str(), error["code"].as_str()), (Some("invalid_request_error"), Some(code)));
    assert_eq!(&error["payment_method"]["id"], method);
}

#[tokio::test]
async fn a_manual_intent_is_charged_by_the_confirm_after_its_challenge() {
    for with_method in [false, true] {
        let client = Client::start().await;
        let asked = client.pay_manually(ASKS).await.succeeds();
        must_ask(&asked);
        assert_eq!(asked["confirmation_method"], "manual");
        let completed = client.challenge(&asked, "complete").await.succeeds();
        assert_eq!((&completed["status"], &completed["next_action"]), (&"requires_confirmation".into(), &Value::Null));
        assert_eq!(completed["payment_method"], asked["payment_method"]);
        assert!(client.charges().is_empty());

        let method = [("payment_method", asked["payment_method"].as_str().unwrap())];
        let paid = client.confirm(&asked, if with_method { &method } else { &[] }).await.succeeds();
        assert_eq!((&paid["status"], &paid["amount_received"]), (&"succeeded".into(), &1099.into()));
        client.confirm(&asked, &[]).await.fails(400, "payment_intent_unexpected_state");
        let charge = client.get(&format!("/v1/charges/{}", paid["latest_charge"].as_str().unwrap())).await.succeeds();
        assert_eq!(charge["payment_method_details"]["card"]["three_d_secure"]["result"], "authenticated");
        assert_eq!(client.charges(), [true]);
    }
}

#[tokio::test]
async fn a_failed_or_cancelled_challenge_takes_the_card_off_and_another_pays() {
    let client = Client::start().await;
    for result in ["fail", "cancel"] {
        let asked = client.pay_manually(ASKS).await.succeeds();
        let failed = client.challenge(&asked, result).await.succeeds();
        must_have_failed(&failed, "payment_intent_authentication_failure", &asked["payment_method"]);
        client.confirm(&asked, &[]).await.fails(400, "payment_intent_unexpected_state");
        // Another tab, or a repeated send, changes nothing.
        assert_eq!(client.challenge(&asked, "complete").await.succeeds(), failed);
        let paid = client.confirm(&asked, &[("payment_method", "pm_card_visa")]).await.succeeds();
        assert_eq!((&paid["status"], &paid["last_payment_error"]), (&"succeeded".into(), &Value::Null));
    }
    assert_eq!(client.charges(), [true, true]);
}

#[tokio::test]
async fn a_card_may_be_authenticated_and_declined() {
    let client = Client::start().await;
    let cards = [
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
    ];
    for (card, reason) in cards {
        let asked = client.pay_manually(card).await.succeeds();
        client.challenge(&asked, "complete").await.succeeds();
        let declined = client.confirm(&asked, &[]).await.fails(402, "card_declined");
        assert_eq!(declined.error("decline_code"), reason);
        // Trying it again asks again.
        let method = asked["payment_method"].as_str().unwrap();
        must_ask(&client.confirm(&asked, &[("payment_method", method)]).await.succeeds());
    }
    assert_eq!(client.charges(), [false, false]);
}

#[tokio::test]
async fn an_hour_after_the_challenge_the_card_is_taken_off() {
    let client = Client::start().await;
    let minutes = |minutes| client.sandbox.advance_clock(Duration::from_mins(minutes));
    let (late, in_time) = (client.pay_manually(ASKS).await.succeeds(), client.pay_manually(ASKS).await.succeeds());
    // The hour begins with the end of the challenge.
    minutes(90);
    client.challenge(&late, "complete").await.succeeds();
    minutes(10);
    client.challenge(&in_time, "complete").await.succeeds();
    minutes(49);
    assert_eq!(client.read(&late).await["status"], "requires_confirmation");
    minutes(1);
    let listed = client.get(&format!("{INTENTS}?limit=2")).await.succeeds();
    must_have_failed(&listed["data"][1], "payment_intent_payment_attempt_expired", &late["payment_method"]);
    assert_eq!(client.read(&late).await, listed["data"][1]);
    client.confirm(&late, &[]).await.fails(400, "payment_intent_unexpected_state");
    assert_eq!(client.confirm(&in_time, &[]).await.succeeds()["status"], "succeeded");
    minutes(60);
    assert_eq!(client.read(&in_time).await["status"], "succeeded");
    assert_eq!(client.confirm(&late, &[("payment_method", "pm_card_visa")]).await.succeeds()["status"], "succeeded");
    assert_eq!(client.charges(), [true, true]);
}

#[tokio::test]
async fn another_card_replaces_a_pending_or_a_completed_challenge() {
    let client = Client::start().await;
    for result in [None, Some("complete")] {
        let asked = client.pay_manually(ASKS).await.succeeds();
        if let Some(result) = result {
            client.challenge(&asked, result).await.succeeds();
        }
        let other = client.confirm(&asked, &[("payment_method", "pm_card_threeDSecure2Required")]).await.succeeds();
        must_ask(&other);
        assert_ne!(other["payment_method"], asked["payment_method"]);
        assert_ne!(other["next_action"], asked["next_action"]);
        let paid = client.confirm(&asked, &[("payment_method", "pm_card_visa")]).await.succeeds();
        assert_eq!((&paid["status"], &paid["next_action"]), (&"succeeded".into(), &Value::Null));
    }
    assert_eq!(client.charges(), [true, true]);
}

#[tokio::test]
async fn confirming_before_the_challenge_asks_again_and_charges_nothing() {
    let client = Client::start().await;
    let asked = client.pay_manually(ASKS).await.succeeds();
    let again = client.confirm(&asked, &[]).await.succeeds();
    must_ask(&again);
    assert_eq!(again["payment_method"], asked["payment_method"]);
    assert!(client.charges().is_empty());
}

#[tokio::test]
async fn an_intent_that_waits_for_the_shopper_or_the_server_can_be_canceled() {
    let client = Client::start().await;
    for result in [None, Some("complete")] {
        let asked = client.pay_manually(ASKS).await.succeeds();
        if let Some(result) = result {
            client.challenge(&asked, result).await.succeeds();
        }
        let canceled = client.post(&format!("{INTENTS}/{}/cancel", id(&asked)), &[]).await.succeeds();
        assert_eq!((&canceled["status"], &canceled["next_action"]), (&"canceled".into(), &Value::Null));
        assert_eq!(client.challenge(&asked, "complete").await.succeeds()["status"], "canceled");
        client.sandbox.advance_clock(Duration::from_hours(2));
        assert_eq!(client.read(&asked).await, canceled);
        client.confirm(&asked, &[]).await.fails(400, "payment_intent_unexpected_state");
    }
    assert!(client.charges().is_empty());
}

#[tokio::test]
async fn the_flag_declines_a_manual_intent_too() {
    let client = Client::start().await;
    let params = [MANUAL, &[("payment_method", ASKS), ("error_on_requires_action", "true")]].concat();
    let declined = client.post(INTENTS, &params).await.fails(402, "authentication_required");
    assert_eq!(declined.body["error"]["payment_intent"]["status"], "requires_payment_method");
}

#[tokio::test]
async fn a_card_that_only_supports_authentication_is_authenticated_when_asked() {
    const ASKED: (&str, &str) = ("payment_method_options[card][request_three_d_secure]", "any");
    let client = Client::start().await;
    assert_eq!(client.pay_manually("pm_card_threeDSecureOptional").await.succeeds()["status"], "succeeded");
    let optional = [MANUAL, &[("payment_method", "pm_card_threeDSecureOptional"), ASKED]].concat();
    let asked = client.post(INTENTS, &optional).await.succeeds();
    must_ask(&asked);
    assert_eq!(asked["payment_method_options"]["card"]["request_three_d_secure"], "any");
    client.challenge(&asked, "complete").await.succeeds();
    assert_eq!(client.confirm(&asked, &[]).await.succeeds()["status"], "succeeded");
    let visa = [MANUAL, &[("payment_method", "pm_card_visa"), ASKED]].concat();
    assert_eq!(client.post(INTENTS, &visa).await.succeeds()["status"], "succeeded");
    let flag = [PAYMENT, &[("payment_method", "pm_card_threeDSecureOptional"), ASKED]].concat();
    client.post(INTENTS, &flag).await.fails(402, "authentication_required");
}

#[tokio::test]
async fn a_redirect_is_refused_and_leaves_nothing() {
    let client = Client::start().await;
    let sent = MANUAL.iter().filter(|(name, _)| *name != "use_stripe_sdk").copied();
    let params: Vec<_> = sent.chain([("payment_method", ASKS), ("return_url", "https://example.com/")]).collect();
    client.post(INTENTS, &params).await.fails(400, "sandbox_unsupported");
    assert!(client.sandbox.ledger().intents().is_empty());
}

#[tokio::test]
async fn a_saved_answer_is_told_again_though_the_shopper_has_gone_on() {
    let client = Client::start().await;
    let params = [MANUAL, &[("payment_method", ASKS)]].concat();
    let asked = client.post_with_key("create", INTENTS, &params).await.succeeds();
    client.challenge(&asked, "complete").await.succeeds();
    let again = client.post_with_key("create", INTENTS, &params).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.succeeds(), asked);

    let confirm = format!("{INTENTS}/{}/confirm", id(&asked));
    let paid = client.post_with_key("confirm", &confirm, &[]).await.succeeds();
    assert_eq!(client.post_with_key("confirm", &confirm, &[]).await.succeeds(), paid);
    assert_eq!(client.charges(), [true]);
}
