//! Somebody who sends requests of their own: another program than the page, a copy on the network, or somebody who wants to do harm.
//! It keeps no rule but what `Till-Resend` means.

use crate::browser::{self, Request};
use crate::merchant;
use crate::order::{self, Order};
use crate::world::World;
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Rounds of asking, when nothing goes wrong any more.
const ROUNDS: usize = 4;
const LAST_ROUND: usize = ROUNDS - 1;

/// What the client does, by weight; exploring tries the first ones.
const DEEDS: [(u32, Deed); 12] = [
    (30, Deed::Pay),
    (20, Deed::SendAgain),
    (12, Deed::Void),
    (12, Deed::Copy),
    (8, Deed::AnotherCart),
    (8, Deed::Completed),
    (5, Deed::AnotherTotal),
    (8, Deed::AnotherIntent),
    (8, Deed::Settle),
    (10, Deed::Authenticate),
    (8, Deed::Wait),
    (10, Deed::Merchant),
];
const EXPLORED: usize = 6;
const DEEDS_AT_MOST: u32 = 7;

#[derive(Clone, Copy, Debug)]
enum Deed {
    /// With a new card, or with the last one.
    Pay,
    SendAgain,
    Void,
    /// An earlier request arrives once more, as it was.
    Copy,
    AnotherCart,
    /// The bank's dialog is said to be done.
    Completed,
    /// A confirm with a total that is not the PaymentIntent's.
    AnotherTotal,
    /// A confirm of another checkout's PaymentIntent, or of one that the merchant's tool made.
    AnotherIntent,
    Settle,
    /// The bank's dialog.
    Authenticate,
    Wait,
    /// The merchant does something.
    Merchant,
}

type Shared = Rc<RefCell<Order>>;

#[derive(Debug)]
pub(crate) struct Client {
    orders: Vec<Shared>,
    /// Tries one refused card after the other.
    is_stubborn: bool,
}

impl Client {
    pub(crate) fn new(world: &World, orders: usize) -> Self {
        let orders = (0..orders).map(|_| Rc::new(RefCell::new(Order::new(world)))).collect();
        Self { orders, is_stubborn: world.shared.pick(&[9, 1], 1) == 1 }
    }

    /// All requests of the client, and what the merchant does meanwhile.
    pub(crate) async fn shop(&self, world: &Rc<World>) {
        let mut under_way = Vec::new();
        let deeds = if self.is_stubborn { world.bounds.deeds } else { world.bounds.deeds.min(DEEDS_AT_MOST) };
        for _ in 0..deeds {
            let number = if self.orders.len() > 1 { world.shared.pick(&[3, 2], 2) } else { 0 };
            let order = &self.orders[number];
            let request = if self.is_stubborn {
                Some(pay(world, order, browser::CARDS[1]).await)
            } else {
                let other = self.orders[(number + 1) % self.orders.len()].borrow().intent.clone();
                act(world, order, other).await
            };
            under_way.extend(request.map(|request| spawn(world, order, request)));
            // The next one waits for the answer, or not.
            match world.shared.pick(&[6, 1, 1, 1, 1], 2) {
                0 => wait_for(&mut under_way).await,
                pause => tokio::time::sleep(Duration::from_millis([30, 300, 1500, 9000][pause - 1])).await,
            }
        }
        wait_for(&mut under_way).await;
    }

    /// Each checkout is asked about, and then its last request is sent again, until its outcome is known.
    pub(crate) async fn settle(&self, world: &Rc<World>) {
        for order in &self.orders {
            let mut told = String::new();
            for round in 0..ROUNDS {
                let request = match round {
                    0 => order.borrow().settle(),
                    LAST_ROUND => Some(order.borrow().void()),
                    _ => order.borrow().again(),
                };
                let Some(request) = request else { break };
                told = send(world, order, request).await;
                if told != "unknown" && round > 0 {
                    break;
                }
            }
            if told == "unknown" {
                world.audit.borrow_mut().not_settled(&order.borrow().id, &told);
            }
        }
    }
}

async fn wait_for(under_way: &mut Vec<JoinHandle<()>>) {
    for request in under_way.drain(..) {
        let _ = request.await; // a panic of the function's is an answer
    }
}

/// What the client does next; the request that it sends, if it sends one.
async fn act(world: &Rc<World>, order: &Shared, other_intent: Option<String>) -> Option<Request> {
    let deed = DEEDS[world.shared.pick(&DEEDS.map(|(weight, _)| weight), EXPLORED)].1;
    match deed {
        Deed::Pay => {
            let number = browser::CARDS[world.shared.pick(&[25, 30, 15, 12, 12, 6], 3)];
            Some(pay(world, order, number).await)
        }
        Deed::SendAgain => order.borrow().again(),
        Deed::Void => Some(order.borrow().void()),
        Deed::Copy => order.borrow().copy(world),
        Deed::AnotherCart => {
            order.borrow_mut().cart = order::cart(world);
            let card = card(world, order, browser::CARDS[0]).await;
            Some(order.borrow().create(&card))
        }
        Deed::Completed => order.borrow().completed(),
        Deed::AnotherTotal => {
            let (card, order) = (card(world, order, browser::CARDS[0]).await, order.borrow());
            Some(order.confirm(order.intent.as_ref()?, &card, 1))
        }
        Deed::AnotherIntent => {
            let card = card(world, order, browser::CARDS[0]).await;
            let copy = world.audit.borrow().copies.last().map(|(_, copy)| copy.clone());
            let more = [0, 1][world.shared.pick(&[1, 1], 2)];
            Some(order.borrow().confirm(&copy.or(other_intent)?, &card, more))
        }
        Deed::Settle => order.borrow().settle(),
        Deed::Authenticate => {
            let (key, secret) = (world.sandbox.publishable_key(), order.borrow().client_secret.clone()?);
            browser::authenticate(world, "client", &key, &secret).await;
            None
        }
        Deed::Wait => {
            let seconds = [1, 100, 4000, 80_000, 87_000][world.shared.pick(&[2, 2, 2, 1, 1], 1)];
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            None
        }
        Deed::Merchant => {
            let id = order.borrow().id.clone();
            merchant::act(world, &id).await;
            None
        }
    }
}

/// With a card, on the checkout's PaymentIntent if the client knows it and uses it.
async fn pay(world: &Rc<World>, order: &Shared, number: &str) -> Request {
    let card = card(world, order, number).await;
    let order = order.borrow();
    match &order.intent {
        Some(intent) if world.shared.pick(&[3, 1], 1) == 0 => order.confirm(intent, &card, 0),
        _ => order.create(&card),
    }
}

/// A card of this number; or the last one again.
async fn card(world: &Rc<World>, order: &Shared, number: &str) -> String {
    let last = order.borrow().cards.last().cloned();
    if let Some(last) = last.filter(|_| world.shared.pick(&[6, 1], 1) == 1) {
        return last;
    }
    if world.shared.pick(&[12, 1], 1) == 1 {
        return "pm_1Unknown".to_owned();
    }
    let made = browser::payment_method(world, &world.sandbox.publishable_key(), number).await;
    let card = made["id"].as_str().unwrap_or("pm_none").to_owned();
    world.step(format!("client: the card {number} is {card}"));
    order.borrow_mut().cards.push(card.clone());
    card
}

fn spawn(world: &Rc<World>, order: &Shared, request: Request) -> JoinHandle<()> {
    let (order, world) = (order.clone(), world.clone());
    tokio::task::spawn_local(async move {
        send(&world, &order, request).await;
    })
}

/// Sends a request; what is told.
async fn send(world: &Rc<World>, order: &Shared, request: Request) -> String {
    order.borrow_mut().send(&request);
    world.audit.borrow_mut().ordered(&request);
    let answer = browser::exchange(world, "client", &request).await;
    let body = answer.and_then(|answer| serde_json::from_str::<Value>(answer["text"].as_str()?).ok()).unwrap_or_default();
    order.borrow_mut().hear(&body);
    body["outcome"].as_str().unwrap_or("unknown").to_owned()
}
