//! The other payments of a busy shop: listed, read, and never in the way.

use std::time::{Duration, Instant};

use sandbox::Options;
use serde_json::{Value, json};

use crate::client::Client;

const INTENTS: &str = "/v1/payment_intents";
const PER_DAY: u64 = 1_000_000;

struct Page {
    ids: Vec<String>,
    created: Vec<u64>,
    has_more: bool,
}

impl Client {
    async fn page(&self, query: &str) -> Page {
        let list = self.get(&format!("{INTENTS}?{query}")).await.succeeds();
        let data = list["data"].as_array().unwrap();
        Page {
            ids: data.iter().map(|intent| intent["id"].as_str().unwrap().to_owned()).collect(),
            created: data.iter().map(|intent| intent["created"].as_u64().unwrap()).collect(),
            has_more: list["has_more"].as_bool().unwrap(),
        }
    }

    async fn pages(&self, query: &str) -> (Vec<String>, Vec<u64>) {
        let (mut ids, mut created) = (Vec::<String>::new(), Vec::new());
        loop {
            let after = ids.last().map_or_else(String::new, |id| format!("&starting_after={id}"));
            let page = self.page(&format!("{query}{after}")).await;
            ids.extend(page.ids);
            created.extend(page.created);
            if !page.has_more {
                return (ids, created);
            }
        }
    }
}

#[tokio::test]
async fn a_busy_shop_has_many_payments_before_and_after_ones_own() {
    let client = Client::with(Options { background_per_day: PER_DAY, ..Options::default() }).await;
    let own = client.intent().await;
    let at = client.get(&format!("{INTENTS}/{own}")).await.succeeds()["created"].as_u64().unwrap();
    client.sandbox.advance_clock(Duration::from_mins(1));
    let second = client.intent().await;

    // Two minutes around the first: 11.57 a second, and both of one's own.
    let (ids, created) = client.pages(&format!("limit=100&created[gte]={}&created[lte]={}", at - 60, at + 60)).await;
    let expected = usize::try_from(PER_DAY * 121 / 86_400).unwrap();
    assert!(ids.len().abs_diff(expected) < 30, "{} of about {expected}", ids.len());
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for own in [&own, &second] {
        assert!(ids.contains(own), "{own}");
    }
    // The same again, by pages of another size: nothing but time has changed it.
    let (again, _) = client.pages(&format!("limit=37&created[gte]={}&created[lt]={}", at - 60, at + 50)).await;
    assert_eq!(again, ids[ids.len() - again.len()..]);
}

#[tokio::test]
async fn a_page_is_found_from_any_intent_in_both_directions() {
    let client = Client::with(Options { background_per_day: PER_DAY, ..Options::default() }).await;
    let mut own = Vec::new();
    for _ in 0..3 {
        own.push(client.intent().await);
        client.sandbox.advance_clock(Duration::from_secs(1));
    }
    let at = client.get(&format!("{INTENTS}/{}", own[0])).await.succeeds()["created"].as_u64().unwrap();
    let (all, _) = client.pages(&format!("limit=100&created[gte]={}", at - 5)).await;
    assert!(own.iter().all(|own| all.contains(own)), "{own:?} {all:?}");
    for place in [all.iter().position(|id| *id == own[1]).unwrap(), 30, 55] {
        let id = &all[place];
        let after = client.page(&format!("limit=7&starting_after={id}")).await;
        assert_eq!((after.ids, after.has_more), (all[place + 1..place + 8].to_vec(), true), "after {id}");
        let before = client.page(&format!("limit=7&ending_before={id}")).await;
        assert_eq!((before.ids, before.has_more), (all[place - 7..place].to_vec(), true), "before {id}");
    }
    for (cursor, id) in [("starting_after", "pi_3Background0000000000001"), ("ending_before", "pi_3Background9999999999999")] {
        client.get(&format!("{INTENTS}?{cursor}={id}")).await.fails(400, "resource_missing");
    }
}

#[tokio::test]
async fn each_of_them_can_be_read_and_expanded_and_not_changed() {
    let client = Client::start().await;
    client.sandbox.set_background(PER_DAY);
    let query = "limit=1&expand[]=data.latest_charge&expand[]=data.payment_method";
    let listed = client.get(&format!("{INTENTS}?{query}")).await.succeeds()["data"][0].clone();
    let id = listed["id"].as_str().unwrap();
    assert_eq!((&listed["status"], &listed["amount_received"]), (&json!("succeeded"), &listed["amount"]));
    assert_eq!((&listed["latest_charge"]["paid"], &listed["latest_charge"]["payment_intent"]), (&json!(true), &json!(id)));
    let read = client.get(&format!("{INTENTS}/{id}?expand[]=payment_method")).await.succeeds();
    assert_eq!((&read["created"], &read["payment_method"]), (&listed["created"], &listed["payment_method"]));
    client.get(&format!("/v1/charges/{}", read["latest_charge"].as_str().unwrap())).await.succeeds();
    client.get(&format!("/v1/payment_methods/{}", read["payment_method"]["id"].as_str().unwrap())).await.succeeds();
    client.post(&format!("{INTENTS}/{id}"), &[("metadata[a]", "1")]).await.fails(404, "resource_missing");
    let (key, value) = read["metadata"].as_object().unwrap().iter().next().unwrap();
    assert!(client.search(&format!("metadata['{key}']:'{}'", value.as_str().unwrap())).await.is_empty());
    assert!(client.sandbox.ledger().intents().is_empty());

    client.sandbox.switch_account();
    client.get(&format!("{INTENTS}/{id}")).await.fails(404, "resource_missing");
    assert_eq!(client.get(INTENTS).await.succeeds()["data"], json!([]));
}

#[tokio::test]
async fn they_reach_back_thirty_days_and_a_reset_ends_them() {
    let client = Client::start().await;
    client.sandbox.set_background(24);
    let (ids, created) = client.pages("limit=100").await;
    assert_eq!(ids.len(), 720);
    assert!(created.windows(2).all(|pair| pair[0] - pair[1] == 3600));
    client.sandbox.advance_clock(Duration::from_hours(2));
    assert_eq!(client.pages("limit=100").await.0.len(), 722);
    client.sandbox.reset();
    assert_eq!(client.get(INTENTS).await.succeeds()["data"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_page_is_quick_wherever_it_is() {
    let client = Client::with(Options { background_per_day: PER_DAY, ..Options::default() }).await;
    let page = async |query: &str| {
        let started = Instant::now();
        let page = client.page(query).await;
        (page, started.elapsed())
    };
    let newest = page("limit=100").await.0;
    let day_before = newest.created[0] - 86_400;
    let far = page(&format!("limit=100&created[lte]={day_before}")).await.0;
    let next = format!("limit=100&starting_after={}", far.ids[99]);
    let mut times = Vec::new();
    for _ in 0..10 {
        times.push(page(&next).await.1);
    }
    times.sort();
    println!("a page of a hundred: {:?} to {:?}", times[0], times[9]);
    // Ten milliseconds or so where the machine is quiet; a scan of the thirty million would take minutes.
    assert!(times[0] < Duration::from_millis(200), "{times:?}");
}

#[tokio::test]
async fn latency_can_be_changed() {
    let client = Client::start().await;
    client.sandbox.set_latency(Duration::from_millis(400));
    let started = Instant::now();
    client.get(INTENTS).await.succeeds();
    assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
    client.sandbox.reset();
    let started = Instant::now();
    client.get(INTENTS).await.succeeds();
    assert!(started.elapsed() < Duration::from_millis(400), "{:?}", started.elapsed());
}
