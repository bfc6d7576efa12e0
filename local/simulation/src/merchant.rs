//! What the merchant does in the Dashboard and with tools of their own, while a checkout is under way.

use crate::audit::belongs_to;
use crate::browser::stripe;
use crate::world::World;
use sandbox::{PaymentIntent, Status};
use std::rc::Rc;

/// The merchant cancels the checkout's PaymentIntent, refunds it, makes another one with its metadata, or deploys a version.
pub(crate) async fn act(world: &Rc<World>, checkout: &str) {
    let what = world.shared.pick(&[3, 2, 4, 3], 1);
    if what == 3 {
        world.step("the merchant deploys");
        return world.fleet.deploy();
    }
    let found = world.sandbox.look(|ledger| ledger.intents.iter().find(|intent| belongs_to(intent, checkout)).cloned());
    let Some(intent) = found else { return };
    let key = world.sandbox.secret_key();
    match what {
        0 if intent.status == Status::Succeeded => refund(world, &intent, &key).await,
        0 => {
            world.step(format!("the merchant cancels {}", intent.id));
            stripe(world, &format!("/v1/payment_intents/{}/cancel", intent.id), &key, String::new()).await;
        }
        1 => refund(world, &intent, &key).await,
        // A copy of a tombstone would be one.
        _ if intent.metadata.contains_key("till_void") => {}
        _ => copy(world, checkout, &intent, &key).await,
    }
}

async fn refund(world: &Rc<World>, intent: &PaymentIntent, key: &str) {
    world.step(format!("the merchant refunds {}", intent.id));
    stripe(world, "/v1/refunds", key, format!("payment_intent={}&amount=100", intent.id)).await;
}

/// A tool of the merchant's has everything that the checkout's has in its metadata.
async fn copy(world: &Rc<World>, checkout: &str, intent: &PaymentIntent, key: &str) {
    let metadata: Vec<_> = intent.metadata.iter().map(|(name, value)| format!("metadata[{name}]={value}")).collect();
    let metadata = metadata.join("&");
    let form = format!("amount={}&currency={}&payment_method_types[]=card&{metadata}", intent.amount, intent.currency);
    let made = stripe(world, "/v1/payment_intents", key, form).await;
    if let Some(copy) = made["id"].as_str() {
        world.step(format!("the merchant's tool copies the metadata of {} onto {copy}", intent.id));
        world.audit.borrow_mut().copied(checkout, copy);
    }
}
