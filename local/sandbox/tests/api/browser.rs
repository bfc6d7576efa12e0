//! What a browser may see and do of a `PaymentIntent`, by its `client_secret`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::authentication::{ASKS, INTENTS, id, must_ask, secret};
use crate::client::{Answer, Client, form, send};

impl Client {
    /// A request with the publishable key.
    async fn as_browser(&self, method: Method, path: &str, params: &[(&str, &str)]) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.sandbox.url()));
        send(form(request.bearer_auth(self.sandbox.publishable_key()), params)).await
    }

    /// An unconfirmed intent that Stripe confirms by itself after the challenge.
    async fn automatic_intent(&self) -> Value {
        self.read(&json!({ "id": self.intent().await })).await
    }
}

#[tokio::test]
async fn an_automatic_intent_is_charged_by_its_challenge() {
    let client = Client::start().await;
    for (card, paid) in [(ASKS, true), ("pm_card_threeDSecureRequiredChargeDeclined", false)] {
        let unconfirmed = client.automatic_intent().await;
        let confirm = format!("{INTENTS}/{}/confirm", id(&unconfirmed));
        let params = [("client_secret", secret(&unconfirmed)), ("payment_method", card), ("use_stripe_sdk", "true")];
        let asked = client.as_browser(Method::POST, &confirm, &params).await.succeeds();
        must_ask(&asked);
        assert_eq!(asked.get("metadata"), None);
        let ended = client.challenge(&asked, "complete").await.succeeds();
        if paid {
            assert_eq!(ended["status"], "succeeded");
        } else {
            assert_eq!((&ended["status"], &ended["payment_method"]), (&"requires_payment_method".into(), &Value::Null));
            assert_eq!(ended["last_payment_error"]["code"], "card_declined");
        }
    }
    assert_eq!(client.charges(), [true, false]);
}

#[tokio::test]
async fn a_browser_reads_an_intent_by_its_client_secret() {
    let client = Client::start().await;
    let asked = client.pay_manually(ASKS).await.succeeds();
    let path = format!("{INTENTS}/{}", id(&asked));
    let read = async |path: &str| client.as_browser(Method::GET, path, &[]).await;

    let seen = read(&format!("{path}?client_secret={}", secret(&asked))).await.succeeds();
    for (name, value) in seen.as_object().unwrap() {
        assert_eq!(value, &asked[name], "{name}");
    }
    for hidden in ["metadata", "customer", "latest_charge", "amount_received", "payment_method_options"] {
        assert_eq!((seen.get(hidden), asked.get(hidden).is_some()), (None, true), "{hidden}");
    }
    let wrong = read(&format!("{path}?client_secret={}x", secret(&asked))).await;
    assert_eq!(wrong.fails(400, "payment_intent_invalid_parameter").error("param"), "client_secret");
    assert_eq!(read(&path).await.fails(400, "parameter_missing").error("param"), "client_secret");
    let unknown = read(&format!("{INTENTS}/pi_none?client_secret=pi_none_secret_x")).await;
    assert_eq!(unknown.fails(404, "resource_missing").error("param"), "intent");
    client.sandbox.switch_account();
    read(&format!("{path}?client_secret={}", secret(&asked))).await.fails(404, "resource_missing");
}

#[tokio::test]
async fn a_browser_confirms_no_manual_intent_and_sees_its_part_of_an_error() {
    let client = Client::start().await;
    let manual = client.pay_manually(ASKS).await.succeeds();
    client.challenge(&manual, "complete").await.succeeds();
    let refused = client
        .as_browser(Method::POST, &format!("{INTENTS}/{}/confirm", id(&manual)), &[("client_secret", secret(&manual))])
        .await
        .fails(400, "");
    assert!(refused.error("message").starts_with(&format!("This PaymentIntent {} cannot be confirmed using your", id(&manual))));
    assert!(client.charges().is_empty());

    let unpaid = client.automatic_intent().await;
    let confirm = format!("{INTENTS}/{}/confirm", id(&unpaid));
    let params = [("client_secret", secret(&unpaid)), ("payment_method", "pm_card_visa_chargeDeclined")];
    let declined = client.as_browser(Method::POST, &confirm, &params).await.fails(402, "card_declined");
    assert_eq!(declined.body["error"]["payment_intent"].get("metadata"), None);
}

#[tokio::test]
async fn a_challenge_is_ended_by_its_client_secret_and_a_known_result() {
    let client = Client::start().await;
    let asked = client.pay_manually(ASKS).await.succeeds();
    let wrong = client.challenge_with(&asked, &[("client_secret", "pi_1_secret_2"), ("result", "complete")]).await;
    wrong.fails(400, "payment_intent_invalid_parameter");
    client.challenge_with(&asked, &[("result", "complete")]).await.fails(400, "parameter_missing");
    assert_eq!(client.challenge(&asked, "succeed").await.fails(400, "").error("param"), "result");
    let unknown = json!({ "id": "pi_none", "client_secret": "pi_none_secret_x" });
    client.challenge(&unknown, "complete").await.fails(404, "resource_missing");
    must_ask(&client.read(&asked).await);
}
