//! From a browser through API Gateway to the function and back, in the weather of that send.

use crate::audit;
use crate::book::{Answer, Glimpse, Send};
use crate::contract_audit;
use crate::request::Request;
use crate::request_count::{self, RequestCount};
use crate::shop::Shop;
use crate::weather::{Kind, Way, Weather};
use runtime::{Crash, Ending, Fate, HttpReply, HttpRequest};
use std::sync::Arc;
use std::time::Duration;

/// How long the browser takes to find out that a request got nowhere.
const LOST: Duration = Duration::from_millis(60);
/// How long a request takes at most from a process to the sandbox.
const ARRIVAL: Duration = Duration::from_millis(40);

impl Shop {
    /// Sends a request for `checkout`, and returns what reaches the page: `None` is a fetch that failed.
    pub(crate) async fn send(
        self: &Arc<Self>,
        checkout: &str,
        request: &Request,
        resend: bool,
        weather: Weather,
        of_copy: Weather,
    ) -> Option<HttpReply> {
        if weather.way == Way::RequestLost {
            self.counts.add("hop: request lost");
            self.book.step(checkout, format!("{:?} is lost on its way", request.kind));
            tokio::time::sleep(LOST).await;
            return None;
        }
        if let Way::RequestLate(after) = weather.way {
            self.counts.add("hop: request arrives after it was given up");
            let late = self.clone().invoke(checkout.to_owned(), request.clone(), resend, weather, "given up, and arriving late");
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                late.await
            });
            tokio::time::sleep(LOST).await;
            return None;
        }
        let (way, gateway, copy) = (weather.way, weather.gateway, weather.copy);
        let original = tokio::spawn(self.clone().invoke(checkout.to_owned(), request.clone(), resend, weather, "sent"));
        let mut answering = original;
        if let Some(copy) = copy {
            self.counts.add("hop: copied by the browser");
            let (shop, checkout, request) = (self.clone(), checkout.to_owned(), request.clone());
            let late = tokio::spawn(async move {
                tokio::time::sleep(copy.after).await;
                shop.invoke(checkout, request, resend, of_copy, "a copy of it is sent").await
            });
            if copy.answers {
                answering = late;
            }
        }
        let reply = match tokio::time::timeout(
            gateway + copy.filter(|copy| copy.answers).map_or(Duration::ZERO, |copy| copy.after),
            answering,
        )
        .await
        {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => None,
            Err(_) => {
                self.counts.add("API Gateway timed out, the function went on");
                self.book.step(checkout, "API Gateway gives up waiting: 503 without an outcome; the function goes on");
                None
            }
        };
        if way == Way::ReplyLost {
            self.counts.add("hop: reply lost");
            self.book.step(checkout, "the reply is lost on its way");
            return None;
        }
        Some(reply.unwrap_or_else(|| HttpReply { status: 503, body: r#"{"message":"Service Unavailable"}"#.to_owned() }))
    }

    /// One invocation, audited in the moment it ends, whoever may still be waiting for it.
    pub(crate) async fn invoke(
        self: Arc<Self>,
        checkout: String,
        request: Request,
        resend: bool,
        weather: Weather,
        how: &'static str,
    ) -> Option<HttpReply> {
        let mut event = HttpRequest::post(&request.path, &request.body).header("idempotency-key", &checkout);
        if resend {
            event = event.header("till-resend", "true");
        }
        let event = event.to_event();
        let (words, calm) = (weather.words(), weather.is_calm());
        let mut lease = self.fleet.lease().await;
        let door = &self.doors[lease.number()];
        door.faults().set(weather.rules.into_iter().chain(request_count::rules()).collect());
        let before = Glimpse::of(&self.sandbox, &checkout);
        let (paid_before, refunded_before) = (before.is_paid(), before.refunded());
        let number = self.book.on(&checkout, |page| {
            let began = self.book.now();
            let closing = resend || request.settle || request.kind != Kind::Pay;
            let header = if resend { " with Till-Resend" } else { "" };
            let number = page.sends.len();
            page.steps.push((began, format!("send {number}: {how}{header}: {} {} ({words})", request.path, request.words())));
            page.sends.push(Send {
                kind: request.kind,
                card: request.card.clone(),
                closing,
                settle: request.settle,
                calm,
                began,
                paid_before,
                refunded_before,
                answered: None,
                not_attempted: false,
                closed: false,
            });
            number
        });
        self.counts.add("invocations for checkouts");
        let invoked = lease.invoke(&event, Fate { timeout: Some(weather.deadline), kill_after: weather.kill }).await;
        // What the process had sent and waits for no more, or had sent before it was killed, arrives before this.
        if !matches!(invoked.ending, Ending::Reply(_)) {
            tokio::time::sleep(ARRIVAL).await;
        }
        self.stripe.knock(&door.url()).await;
        let count = RequestCount::read(door);
        self.book.on(&checkout, |page| {
            let found = contract_audit::of_requests(number, &page.sends[number], count);
            page.faults.extend(found);
        });
        let answer = self.answer_of(invoked.ending);
        let outcome = audit::hear(&self.book, &self.sandbox, &checkout, number, &answer);
        self.counts.add(&format!("answers: {}", outcome.as_deref().unwrap_or("none, by API Gateway")));
        match answer {
            Answer::Reply(reply) => Some(reply),
            Answer::Nothing(_) | Answer::Failed(_) => None,
        }
    }

    fn answer_of(&self, ending: Ending) -> Answer {
        match ending {
            Ending::Reply(response) => HttpReply::read(&response)
                .map_or_else(|| Answer::Failed(format!("not a response of payload 2.0: {response}")), Answer::Reply),
            Ending::Timeout => {
                self.counts.add("processes killed at their deadline");
                Answer::Nothing("the deadline came, the process was killed".to_owned())
            }
            Ending::Crashed(Crash::Killed) => {
                self.counts.add("processes killed in mid-payment");
                Answer::Nothing("SIGKILL".to_owned())
            }
            Ending::Crashed(Crash::Exited) => Answer::Failed("the process ended by itself".to_owned()),
            Ending::Crashed(Crash::Error(error)) => Answer::Failed(format!("the function posted an error: {error}")),
            Ending::Crashed(Crash::Init(error)) => Answer::Failed(format!("the process did not start: {error}")),
        }
    }
}
