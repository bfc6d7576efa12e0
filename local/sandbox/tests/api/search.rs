//! `GET /v1/payment_intents/search`

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, PAYMENT, form, send};

const SEARCH: &str = "/v1/payment_intents/search";

impl Client {
    /// A paid intent with metadata; its id.
    pub(crate) async fn paid_with(&self, metadata: &[(&str, &str)]) -> String {
        let params = [PAYMENT, &[("payment_method", "pm_card_visa")], metadata].concat();
        let paid = self.post("/v1/payment_intents", &params).await.succeeds();
        paid["id"].as_str().unwrap().to_owned()
    }

    async fn search_with(&self, params: &[(&str, &str)]) -> Answer {
        self.search_by(&self.sandbox.secret_key(), params).await
    }

    async fn search_by(&self, key: &str, params: &[(&str, &str)]) -> Answer {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        let request = self.http.request(Method::GET, format!("{}{SEARCH}?{query}", self.sandbox.url()));
        send(form(request.bearer_auth(key), &[])).await
    }

    /// The ids that search finds.
    pub(crate) async fn search(&self, query: &str) -> Vec<String> {
        ids(&self.search_with(&[("query", query)]).await.succeeds())
    }
}

fn ids(found: &Value) -> Vec<String> {
    found["data"].as_array().unwrap().iter().map(|intent| intent["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn intents_are_found_by_their_metadata_newest_first() {
    let client = Client::start().await;
    let first = client.paid_with(&[("metadata[order]", "Seventeen"), ("metadata[shop]", "a")]).await;
    client.paid_with(&[("metadata[order]", "18"), ("metadata[shop]", "a")]).await;
    let second = client.paid_with(&[("metadata[order]", "seventeen"), ("metadata[shop]", "b")]).await;
    let both = client.search_with(&[("query", "metadata['order']:'seventeen'")]).await.succeeds();
    assert_eq!(ids(&both), [second.as_str(), &first]);
    for (field, value) in
        [("object", json!("search_result")), ("url", json!(SEARCH)), ("has_more", json!(false)), ("next_page", Value::Null)]
    {
        assert_eq!(both[field], value, "{field}");
    }
    assert_eq!(client.search(r#"metadata["order"]:"SEVENTEEN" AND metadata["shop"]:"a""#).await, [first]);
    assert!(client.search("metadata['order']:'1'").await.is_empty());
    client.sandbox.switch_account();
    assert!(client.search("metadata['order']:'18'").await.is_empty());
}

#[tokio::test]
async fn what_is_found_comes_by_pages_and_expanded() {
    let client = Client::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, client.paid_with(&[("metadata[order]", "17")]).await);
        client.paid_with(&[("metadata[order]", "18")]).await;
    }
    let mut page = client.search_with(&[("query", "metadata['order']:'17'"), ("limit", "2")]).await.succeeds();
    let mut seen = ids(&page);
    while page["has_more"] == true {
        let next = page["next_page"].as_str().unwrap();
        let params = [("query", "metadata['order']:'17'"), ("limit", "2"), ("page", next), ("expand[]", "data.latest_charge")];
        page = client.search_with(&params).await.succeeds();
        assert_eq!(page["data"][0]["latest_charge"]["paid"], true);
        seen.extend(ids(&page));
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn what_search_does_not_take_is_refused_by_name() {
    let client = Client::start().await;
    let order = ("query", "metadata['order']:'17'");
    for (params, code, param) in [
        (&[][..], "parameter_missing", "query"),
        (&[("query", "metadata['order']:17")], "", "query"),
        (&[("query", "status:'succeeded'")], "sandbox_unsupported", "query"),
        (&[order, ("limit", "101")], "parameter_invalid_integer", "limit"),
        (&[order, ("page", "next")], "", "page"),
        (&[order, ("created[gte]", "1")], "parameter_unknown", "created[gte]"),
    ] {
        assert_eq!(client.search_with(params).await.fails(400, code).error("param"), param, "{params:?}");
    }
    client.search_by(&client.sandbox.publishable_key(), &[order]).await.fails(401, "secret_key_required");
    client.search_by(&client.sandbox.restricted_key(), &[order]).await.succeeds();
}

#[tokio::test]
async fn search_lags_behind() {
    let client = Client::start().await;
    client.sandbox.set_search_lag(Duration::from_mins(1));
    let id = client.paid_with(&[("metadata[order]", "17")]).await;
    assert!(client.search("metadata['order']:'17'").await.is_empty());
    client.sandbox.advance_clock(Duration::from_mins(1));
    assert_eq!(client.search("metadata['order']:'17'").await, [id]);
    client.sandbox.reset();
    let id = client.paid_with(&[("metadata[order]", "17")]).await;
    assert_eq!(client.search("metadata['order']:'17'").await, [id]);
}

#[tokio::test]
async fn search_lags_behind_a_change_of_metadata() {
    let client = Client::start().await;
    let id = client.paid_with(&[("metadata[order]", "17")]).await;
    let path = format!("/v1/payment_intents/{id}");
    client.sandbox.advance_clock(Duration::from_hours(1));
    client.sandbox.set_search_lag(Duration::from_mins(1));
    client.post(&path, &[("metadata[order]", "18")]).await.succeeds();
    client.sandbox.advance_clock(Duration::from_secs(40));
    client.post(&path, &[("metadata[order]", "")]).await.succeeds();
    for (found, expected) in [("17", 1), ("18", 0)] {
        assert_eq!(client.search(&format!("metadata['order']:'{found}'")).await.len(), expected, "{found}");
    }
    client.sandbox.advance_clock(Duration::from_secs(20));
    for (found, expected) in [("17", 0), ("18", 1)] {
        assert_eq!(client.search(&format!("metadata['order']:'{found}'")).await.len(), expected, "{found}");
    }
    client.sandbox.advance_clock(Duration::from_secs(40));
    assert!(client.search("metadata['order']:'18'").await.is_empty());
}
