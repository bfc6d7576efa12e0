//! The events of `events/`, each with what comes first and what it is answered, as the table of their README has it.

use crate::authentication::authenticate;
use crate::shop::{Reply, Shop};
use payments::now_ms;
use sandbox::{Options, Rule, Sandbox};
use serde_json::json;
use std::sync::Arc;
use std::{fs, path::PathBuf};
use uuid::{NoContext, Timestamp, Uuid};

/// In a file, the id of a checkout that is minted when the event is sent.
const CHECKOUT: &str = "00000000-0000-7000-8000-000000000000";
/// In a file, the PaymentIntent that the answer before has named.
const PAYMENT_INTENT: &str = "pi_of_the_event_before";
/// In a file, the PaymentMethod of the last `card` step.
const PAYMENT_METHOD: &str = "pm_of_the_card_before";
/// What the files name, and `local/desk` serves.
const SECRET_KEY: &str = "sk_test_51TillDesk00000secret";
const PUBLISHABLE_KEY: &str = "pk_test_51TillDesk00000publishable";
const SITE_ORIGIN: (&str, &str) = ("SITE_ORIGIN", "https://shop.example");

fn read(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A row of the table.
struct Row {
    name: String,
    first: Vec<String>,
    answer: String,
}

fn table() -> Vec<Row> {
    let readme = read("README.md");
    let cells = |line: &str| line.split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect::<Vec<_>>();
    let rows = readme.lines().filter(|line| line.starts_with("| `")).map(cells).filter(|row| row.len() == 9);
    rows.map(|row| Row {
        name: row[1].clone(),
        first: row[2].split(", ").filter(|step| !step.is_empty()).map(ToOwned::to_owned).collect(),
        answer: row[3..7].join(" "),
    })
    .collect()
}

/// `fault error_kept -retry` and the like, as the sandbox takes it.
fn rule(step: &str) -> Rule {
    let (kind, words) = step.split_once(' ').unwrap();
    let fault = words.split(' ').next().unwrap();
    let rule = Rule::new(serde_json::from_value(json!(fault)).unwrap_or_else(|error| panic!("{step}: {error}")));
    let rule = if kind == "secret" { rule.on_secret() } else { rule };
    let rule = if words.contains("once") { rule.times(1) } else { rule };
    if words.contains("-retry") { rule.should_retry(false) } else { rule }
}

impl Row {
    /// Opens a shop as the row needs it, does what comes first, and sends the event.
    async fn play(&self) -> String {
        let keys = (Some(SECRET_KEY.to_owned()), Some(PUBLISHABLE_KEY.to_owned()));
        let options = Options { secret_key: keys.0, publishable_key: keys.1, ..Options::default() };
        let stripe = Arc::new(Sandbox::start(options).await.unwrap());
        let settings = self.first.iter().filter_map(|step| step.split_once('='));
        let shop = Shop::open_beside(stripe, &settings.chain([SITE_ORIGIN]).collect::<Vec<_>>());
        let minted = Timestamp::from_unix(NoContext, now_ms() / 1000, 0);
        let checkout = Uuid::new_v7(minted).to_string();
        let (mut rules, mut before, mut card) = (Vec::new(), None::<Reply>, PAYMENT_METHOD.to_owned());
        for step in self.first.iter().filter(|step| !step.contains('=')) {
            match step.split_once(' ') {
                Some(("bank", result)) => authenticate(&shop, before.as_ref().unwrap(), result).await,
                Some(("card", number)) => card = shop.card(number).await,
                Some(("refund", amount)) => {
                    let form = [("payment_intent", before.as_ref().unwrap().payment_intent()), ("amount", amount.to_owned())];
                    shop.merchant_posts("/v1/refunds", &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
                }
                Some(_) => {
                    rules.push(rule(step));
                    shop.stripe.faults().set(rules.clone());
                }
                None => before = Some(send(&shop, &filled(step, &checkout, before.as_ref(), &card)).await),
            }
        }
        let reply = send(&shop, &filled(&self.name, &checkout, before.as_ref(), &card)).await;
        let state = reply.body["checkout"].as_str().unwrap_or_default();
        format!("{} {} {} {state}", reply.status, reply.outcome(), reply.code())
    }
}

/// The event as it is sent.
fn filled(name: &str, checkout: &str, before: Option<&Reply>, card: &str) -> String {
    let text = read(&format!("{name}.json")).replace(CHECKOUT, checkout).replace(PAYMENT_METHOD, card);
    let named = before.and_then(|reply| reply.body["payment_intent"].as_str());
    named.map_or(text.clone(), |id| text.replace(PAYMENT_INTENT, id))
}

async fn send(shop: &Shop, text: &str) -> Reply {
    Reply::of(&shop.app.invoke(text, lambda_http::Context::default()).await)
}

#[tokio::test]
async fn every_event_is_answered_as_the_table_says() {
    let rows = table();
    let mut wrong = Vec::new();
    for row in &rows {
        let found = row.play().await;
        if found.trim() != row.answer.trim() {
            wrong.push(format!("{}: expected {}, found {found}", row.name, row.answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.len() >= 60, "the table has its rows");
}

#[test]
fn every_file_has_its_row() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = files.filter_map(|file| file.strip_suffix(".json").map(ToOwned::to_owned)).collect();
    let mut rows: Vec<_> = table().into_iter().map(|row| row.name).collect();
    files.sort_unstable();
    rows.sort_unstable();
    assert_eq!(files, rows);
}
