//! What a page's requests meet on their way: the shop's API, Stripe.js, and the bank's dialog.

use crate::fleet::Ended;
use crate::shared::Requests;
use crate::world::World;
use lambda_http::http::Request as HttpRequest;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// Cards by what becomes of them, after one that pays.
pub(crate) const CARDS: [&str; 6] =
    ["4242424242424242", "4000000000000002", "4000002500003155", "4000000000009995", "4000008400001629", "5555555555554444"];
/// One that pays when its bank has seen the shopper.
pub(crate) const AUTHENTICATES: &str = "4000002500003155";
/// Those that simply pay.
pub(crate) const PAYS: [&str; 2] = ["4242424242424242", "5555555555554444"];
const WAY: Duration = Duration::from_millis(50);
/// What API Gateway waits for.
const GATEWAY: Duration = Duration::from_secs(30);

/// A request of the page's.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) checkout: String,
    pub(crate) resend: bool,
    pub(crate) body: String,
}

/// A page's request.
pub(crate) async fn fetch(world: Rc<World>, page: u32, id: u32, request: Request) {
    let Some(answer) = exchange(&world, &format!("page {page}"), &request).await else {
        return world.resume(page, id, "cut", true);
    };
    if world.waits(page, id) {
        let body = serde_json::from_str(answer["text"].as_str().unwrap_or_default()).unwrap_or_default();
        world.audit.borrow_mut().delivered(page, &request, &body);
    }
    world.resume(page, id, &answer.to_string(), false);
}

/// On the way to the API and back; `None`: cut. What has left its sender arrives, whatever becomes of it.
pub(crate) async fn exchange(world: &Rc<World>, sender: &str, request: &Request) -> Option<Value> {
    let ways = [
        "its reply is lost",
        "a copy arrives later",
        "the function is killed",
        "is lost on its way",
        "takes 40 s to arrive",
        "meets a deployment",
    ];
    let explored = if request.checkout.is_empty() { 0 } else { 3 };
    let way = world.shared.goes_wrong(120, ways.len(), explored).map_or("", |number| ways[number]);
    if !request.checkout.is_empty() {
        let resend = if request.resend { ", Till-Resend" } else { "" };
        world.step(format!("{sender}: {} {}{resend} {} {way}", request.path, request.checkout, request.body));
    }
    tokio::time::sleep(WAY).await;
    match way {
        "is lost on its way" => return None,
        "takes 40 s to arrive" => tokio::time::sleep(Duration::from_secs(40)).await,
        "meets a deployment" => world.fleet.deploy(),
        "a copy arrives later" => {
            let (world, request) = (world.clone(), request.clone());
            tokio::task::spawn_local(async move {
                tokio::time::sleep(Duration::from_secs([1, 20, 600][world.shared.pick(&[1; 3], 3)])).await;
                invoke(&world, &request, None).await;
            });
        }
        _ => {}
    }
    let kill = (way == "the function is killed").then(|| Duration::from_millis([100, 500, 2000][world.shared.pick(&[1; 3], 2)]));
    let invoked = {
        let (world, request) = (world.clone(), request.clone());
        tokio::task::spawn_local(async move { invoke(&world, &request, kill).await })
    };
    let answer = tokio::time::timeout(GATEWAY, invoked).await.ok().and_then(Result::ok).flatten();
    tokio::time::sleep(WAY).await;
    let unavailable = || json!({ "status": 503, "text": "{\"message\":\"Service Unavailable\"}", "retryAfter": null });
    (way != "its reply is lost").then(|| answer.unwrap_or_else(unavailable))
}

/// Lets the function answer; `None`: it ended without.
async fn invoke(world: &Rc<World>, request: &Request, kill: Option<Duration>) -> Option<Value> {
    let mut headers = json!({ "content-type": "application/json" });
    if !request.checkout.is_empty() {
        headers["idempotency-key"] = json!(request.checkout);
    }
    if request.resend {
        headers["till-resend"] = json!("true");
    }
    let event = json!({
        "version": "2.0",
        "rawPath": request.path,
        "headers": headers,
        "requestContext": { "stage": "$default", "http": { "method": request.method } },
        "body": request.body,
        "isBase64Encoded": false,
    });
    let number = world.audit.borrow_mut().sent(request);
    let ended = world.fleet.invoke(&event, kill).await;
    let Ended::Answer(response, requests) = ended else {
        world.step(format!("    the function ended: {ended:?}"));
        world.audit.borrow_mut().answered(number, None, Requests::default());
        return None;
    };
    let text = response["body"].as_str().unwrap_or_default();
    let status = &response["statusCode"];
    if let Some(number) = number {
        let body: Value = serde_json::from_str(text).unwrap_or_default();
        world.step(format!("    answer: {status} {} {} {}", body["outcome"], body["error"]["code"], body["checkout"]));
        world.audit.borrow_mut().answered(Some(number), Some(&body), requests);
    }
    Some(json!({ "status": status, "text": text, "retryAfter": response["headers"]["retry-after"] }))
}

/// Stripe.js makes a PaymentMethod of the card that the shopper typed.
pub(crate) async fn tokenize(world: Rc<World>, page: u32, id: u32, key: String) {
    let card = CARDS[world.shared.pick(&[60, 12, 12, 8, 5, 3], 3)];
    let made = payment_method(&world, &key, card).await;
    let token = match made["id"].as_str() {
        Some(token) => {
            world.step(format!("page {page}: the card {card} is {token}"));
            world.audit.borrow_mut().tokenized(page, card, token);
            json!({ "id": token, "brand": "visa", "last4": &card[12..] })
        }
        None => json!({ "code": "page_outdated" }),
    };
    world.resume(page, id, &token.to_string(), false);
}

/// A PaymentMethod of a card's number.
pub(crate) async fn payment_method(world: &Rc<World>, key: &str, card: &str) -> Value {
    let form = format!("type=card&card[number]={card}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
    stripe(world, "/v1/payment_methods", key, form).await
}

/// The bank's dialog, on a page.
pub(crate) async fn challenge(world: Rc<World>, page: u32, id: u32, key: String, client_secret: String) {
    // Beside the dialog the page has two buttons.
    let beside = [None, Some("cancel"), Some("check")][world.shared.pick(&[10, 1, 1], 2)];
    if let Some(deed) = beside {
        world.audit.borrow_mut().was_interrupted = true;
        let world = world.clone();
        tokio::task::spawn_local(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            world.step(format!("page {page}: {deed}, beside the dialog"));
            world.act(page, deed, &Value::Null);
        });
    }
    authenticate(&world, &format!("page {page}"), &key, &client_secret).await;
    world.resume(page, id, "null", false);
}

/// The shopper does what the bank asks, or not.
pub(crate) async fn authenticate(world: &Rc<World>, who: &str, key: &str, client_secret: &str) {
    let result = ["complete", "fail", "cancel", "walk away"][world.shared.pick(&[60, 15, 15, 10], 2)];
    tokio::time::sleep(Duration::from_secs(10)).await;
    if result == "walk away" {
        return;
    }
    let intent = client_secret.split("_secret_").next().unwrap_or_default();
    world.audit.borrow_mut().authenticated(intent, result == "complete");
    let form = format!("client_secret={client_secret}&result={result}");
    let shown = stripe(world, &format!("/_sandbox/3ds/{intent}"), key, form).await;
    world.step(format!("{who}: the bank's dialog: {result}: {}", shown["status"]));
}

/// A request to Stripe with a key: the page's, or the merchant's.
pub(crate) async fn stripe(world: &Rc<World>, path: &str, key: &str, form: String) -> Value {
    let request = HttpRequest::post(path)
        .header("authorization", format!("Bearer {key}"))
        .header("stripe-version", "2026-07-29.dahlia")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes());
    let Ok(request) = request else { return Value::Null };
    let Ok(response) = world.sandbox.send(request, None).await else { return Value::Null };
    serde_json::from_slice(response.body()).unwrap_or_default()
}
