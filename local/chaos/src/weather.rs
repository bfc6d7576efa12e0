//! What goes wrong with one send, on each hop of its way.

use crate::dice::Dice;
use sandbox::{Fault, Rule};
use std::time::Duration;

/// Lambda's time-out, scaled: 25 s become one and a half.
pub(crate) const DEADLINE: Duration = Duration::from_millis(1500);
/// API Gateway's, which is 30 s.
const GATEWAY: Duration = Duration::from_millis(1800);

/// What is asked for: it decides which requests to Stripe there will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Config,
    Pay,
    Confirm,
    Void,
    /// Any of them that only finds out.
    Settle,
}

/// The way between a shopper's browser and API Gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    RequestLost,
    /// The browser gives it up, and so long after it arrives all the same. Nobody waits for its answer.
    RequestLate(Duration),
    ReplyLost,
}

/// A copy of a request that the browser sends by itself, without asking the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    /// After the original.
    pub(crate) after: Duration,
    /// Whether the page gets its answer; else the original's.
    pub(crate) answers: bool,
}

/// All that happens to one send.
#[derive(Debug)]
pub(crate) struct Weather {
    pub(crate) way: Way,
    pub(crate) copy: Option<Copy>,
    /// When the page is closed or loaded again while it waits.
    pub(crate) reload: Option<Duration>,
    /// When storage is cleared, by the shopper or by another page of the origin.
    pub(crate) clear: Option<Duration>,
    /// How long API Gateway waits for the function, which goes on.
    pub(crate) gateway: Duration,
    pub(crate) deadline: Duration,
    pub(crate) kill: Option<Duration>,
    /// Between the function, Stripe and Secrets Manager.
    pub(crate) rules: Vec<Rule>,
}

impl Weather {
    pub(crate) fn calm() -> Self {
        // Lambda's and API Gateway's own: a slow machine is not what is looked for.
        let (gateway, deadline) = (Duration::from_secs(30), Duration::from_secs(25));
        Self { way: Way::Open, copy: None, reload: None, clear: None, gateway, deadline, kill: None, rules: Vec::new() }
    }

    /// Nothing goes wrong, within the scaled limits of time.
    pub(crate) fn fair() -> Self {
        Self { gateway: GATEWAY, deadline: DEADLINE, ..Self::calm() }
    }

    pub(crate) fn draw(dice: &mut Dice, kind: Kind) -> Self {
        let late = Way::RequestLate(dice.millis(50..3000));
        let way = *dice.among(&[(86, Way::Open), (3, Way::RequestLost), (4, late), (7, Way::ReplyLost)]);
        let copy = dice.chance(0.12).then(|| Copy {
            after: if dice.chance(0.5) { dice.millis(0..40) } else { dice.millis(40..2500) },
            answers: dice.chance(0.4),
        });
        let reload = dice.chance(0.1).then(|| dice.millis(1..500));
        let clear = dice.chance(0.12).then(|| dice.millis(0..400));
        let deadline = if dice.chance(0.05) { dice.millis(300..800) } else { DEADLINE };
        let gateway = if dice.chance(0.05) { dice.millis(10..400) } else { GATEWAY };
        let kill = dice.chance(0.07).then(|| if dice.chance(0.75) { dice.millis(0..70) } else { dice.millis(70..1200) });
        let mut rules = Vec::new();
        if dice.chance(0.6) {
            rules.push(stripe(dice, kind));
            if dice.chance(0.35) {
                rules.push(stripe(dice, kind));
            }
        }
        if dice.chance(0.08) {
            rules.push(secrets_manager(dice));
        }
        Self { way, copy, reload, clear, gateway, deadline, kill, rules }
    }

    /// The weather of a copy: its own on the far side of API Gateway, and nothing else.
    pub(crate) fn of_copy(dice: &mut Dice, kind: Kind) -> Self {
        Self { way: Way::Open, copy: None, reload: None, clear: None, ..Self::draw(dice, kind) }
    }

    /// Whether nothing goes wrong on the far side of API Gateway, and there is all the time.
    pub(crate) fn is_calm(&self) -> bool {
        self.rules.is_empty() && self.kill.is_none() && self.deadline > DEADLINE
    }

    /// In words, for the story.
    pub(crate) fn words(&self) -> String {
        let mut words = Vec::new();
        match self.way {
            Way::Open => {}
            Way::RequestLost => words.push("the request is lost".to_owned()),
            Way::RequestLate(after) => words.push(format!("the request arrives {} ms after it was given up", after.as_millis())),
            Way::ReplyLost => words.push("the reply is lost".to_owned()),
        }
        if let Some(copy) = self.copy {
            let whose = if copy.answers { "the copy's answer arrives" } else { "the copy's answer is lost" };
            words.push(format!("the browser sends a copy after {} ms, {whose}", copy.after.as_millis()));
        }
        if let Some(after) = self.reload {
            words.push(format!("reload after {} ms", after.as_millis()));
        }
        if let Some(after) = self.clear {
            words.push(format!("storage cleared after {} ms", after.as_millis()));
        }
        if self.gateway < GATEWAY {
            words.push(format!("API Gateway waits {} ms", self.gateway.as_millis()));
        }
        if self.deadline < DEADLINE {
            words.push(format!("deadline {} ms", self.deadline.as_millis()));
        }
        if let Some(after) = self.kill {
            words.push(format!("SIGKILL after {} ms", after.as_millis()));
        }
        words.extend(self.rules.iter().map(|rule| serde_json::to_string(rule).unwrap_or_default()));
        if words.is_empty() { "calm".to_owned() } else { words.join("; ") }
    }
}

const CREATE: (&str, &str) = ("POST", "/v1/payment_intents");
const CONFIRM: (&str, &str) = ("POST", "/v1/payment_intents/*/confirm");
const CANCEL: (&str, &str) = ("POST", "/v1/payment_intents/*/cancel");
const READ: (&str, &str) = ("GET", "/v1/payment_intents/*");
const SEARCH: (&str, &str) = ("GET", "/v1/payment_intents/search");
const LIST: (&str, &str) = ("GET", "/v1/payment_intents");
const ANY: (&str, &str) = ("*", "/v1/*");

/// Faults that can happen to any request, by how often they do.
const STRIPE: [(u32, Fault); 22] = [
    (3, Fault::Delay { ms: 0 }),
    (3, Fault::LateReply { ms: 0 }),
    (2, Fault::HangBefore),
    (3, Fault::HangAfter),
    (1, Fault::RefuseConnections { ms: 0 }),
    (2, Fault::ResetBefore),
    (3, Fault::ResetAfter),
    (3, Fault::CutAfter),
    (2, Fault::CutBody),
    (1, Fault::Drip { ms: 0 }),
    (2, Fault::Garbage),
    (2, Fault::CloseIdle),
    (2, Fault::Html { status: 502, executed: true }),
    (1, Fault::Html { status: 503, executed: false }),
    (4, Fault::ErrorExecuted),
    (2, Fault::ErrorUnexecuted),
    (2, Fault::InUse),
    (2, Fault::LockTimeout),
    (3, Fault::RateLimited),
    (1, Fault::KeyExpired),
    (1, Fault::Forbidden),
    (2, Fault::Refusal),
];

fn stripe(dice: &mut Dice, kind: Kind) -> Rule {
    let (method, path) = match kind {
        Kind::Config => ANY,
        Kind::Pay => *dice.among(&[(6, CREATE), (2, LIST), (2, READ), (2, CONFIRM), (1, CANCEL), (2, ANY)]),
        Kind::Confirm => *dice.among(&[(6, CONFIRM), (4, READ), (1, CANCEL), (1, CREATE), (2, ANY)]),
        Kind::Void => *dice.among(&[(4, CREATE), (4, CANCEL), (3, LIST), (1, SEARCH), (2, READ), (2, ANY)]),
        Kind::Settle => *dice.among(&[(4, LIST), (2, SEARCH), (4, READ), (2, ANY)]),
    };
    // A saved 500 or refusal that left nothing and a rolled key last: once is enough.
    if dice.chance(0.03) {
        return on(Rule::new(Fault::RefusalKept), method, path).nth(1);
    }
    if dice.chance(0.02) {
        return on(Rule::new(Fault::ErrorKept), method, path).nth(1);
    }
    if dice.chance(0.02) {
        return on(Rule::new(Fault::RollKey), method, path).nth(1);
    }
    let fault = match dice.among(&STRIPE) {
        Fault::Delay { .. } => Fault::Delay { ms: if dice.chance(0.6) { dice.number(20..900) } else { dice.number(900..4000) } },
        Fault::LateReply { .. } => Fault::LateReply { ms: dice.number(20..1300) },
        Fault::RefuseConnections { .. } => Fault::RefuseConnections { ms: dice.number(20..700) },
        Fault::Drip { .. } => Fault::Drip { ms: dice.number(50..900) },
        other => other.clone(),
    };
    let rule = on(Rule::new(fault), method, path);
    let rule = if dice.chance(0.06) { rule.should_retry(dice.chance(0.5)) } else { rule };
    match dice.among(&[(60, 1), (10, 2), (15, 3), (15, 4)]) {
        1 => rule.nth(1),
        2 => rule.nth(2),
        3 => rule.times(2),
        _ => rule,
    }
}

fn on(rule: Rule, method: &str, path: &str) -> Rule {
    if (method, path) == ANY { rule } else { rule.on(method, path) }
}

/// It meets only those who read the secret: new processes, and those whose key has died.
fn secrets_manager(dice: &mut Dice) -> Rule {
    let fault = match dice.number(0..9) {
        0 => Fault::Throttled,
        1 => Fault::Unavailable,
        2 => Fault::SecretMissing,
        3 => Fault::SecretNotJson,
        4 => Fault::SecretWithoutKey,
        5 => Fault::HangBefore,
        6 => Fault::ResetBefore,
        7 => Fault::PaymentsPaused,
        _ => Fault::Delay { ms: dice.number(20..900) },
    };
    let rule = Rule::new(fault).on_secret();
    if dice.chance(0.6) { rule.nth(1) } else { rule }
}
