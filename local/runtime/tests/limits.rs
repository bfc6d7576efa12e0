//! A function meets the limits that Lambda sets: its deadline, its init, a kill; and is started again after each.

use runtime::{Crash, Ending, Fate, Fleet, Function, HttpReply, HttpRequest};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// The example of this crate, which cargo builds beside its tests.
fn parrot() -> Function {
    let test = std::env::current_exe().expect("this test has a path");
    let target: PathBuf = test.ancestors().nth(2).expect("a test lies in deps, below its profile").join("examples/parrot");
    assert!(target.is_file(), "{} is missing: cargo test builds it", target.display());
    Function::new(target).timeout(Duration::from_secs(5))
}

async fn invoke(fleet: &Fleet, path: &str) -> Ending {
    fleet.invoke(&HttpRequest::get(path).to_event()).await.ending
}

/// The process's id and its deadline in Unix milliseconds.
fn told(ending: &Ending) -> (u32, u64) {
    let Ending::Reply(response) = ending else { panic!("no reply: {ending:?}") };
    let reply = HttpReply::read(response).expect("payload 2.0");
    assert_eq!(reply.status, 200);
    let (process, deadline) = reply.body.split_once(' ').expect("two words");
    (process.parse().expect("a number"), deadline.parse().expect("a number"))
}

#[tokio::test]
async fn one_process_answers_until_it_ends() {
    let fleet = Fleet::start(&parrot(), 1);
    let first = fleet.invoke(&HttpRequest::get("/echo").to_event()).await;
    assert!(first.init.is_some(), "cold");
    let second = fleet.invoke(&HttpRequest::get("/echo").to_event()).await;
    assert!(second.init.is_none(), "warm");
    assert_ne!(first.request_id, second.request_id);
    assert_eq!(told(&first.ending).0, told(&second.ending).0);

    assert_eq!(invoke(&fleet, "/exit").await, Ending::Crashed(Crash::Exited));
    assert_ne!(told(&invoke(&fleet, "/echo").await).0, told(&first.ending).0);
}

#[tokio::test]
async fn an_error_is_told_and_the_process_lives() {
    let fleet = Fleet::start(&parrot(), 1);
    let before = told(&invoke(&fleet, "/echo").await).0;
    let Ending::Crashed(Crash::Error(error)) = invoke(&fleet, "/error").await else { panic!("no error") };
    assert_eq!(error, r#"{"errorMessage":"no"}"#);
    assert_eq!(told(&invoke(&fleet, "/echo").await).0, before);
}

#[tokio::test]
async fn the_deadline_is_true() {
    let fleet = Fleet::start(&parrot().timeout(Duration::from_millis(400)), 1);
    let now = || u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let before = now();
    let (process, deadline) = told(&invoke(&fleet, "/echo").await);
    assert!((before + 400..=now() + 400).contains(&deadline));

    let began = Instant::now();
    assert_eq!(invoke(&fleet, "/hang").await, Ending::Timeout);
    assert!((400..3000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert_ne!(told(&invoke(&fleet, "/echo").await).0, process);
}

#[tokio::test]
async fn a_process_can_be_killed_in_the_middle() {
    let fleet = Fleet::start(&parrot(), 1);
    let fate = Fate { kill_after: Some(Duration::from_millis(50)), timeout: None };
    let mut lease = fleet.lease().await;
    let killed = lease.invoke(&HttpRequest::get("/hang").to_event(), fate).await;
    assert_eq!(killed.ending, Ending::Crashed(Crash::Killed));
    assert_eq!(lease.process_id(), None);
    drop(lease);
    told(&invoke(&fleet, "/echo").await);
}

#[tokio::test]
async fn init_has_its_own_limit() {
    let slow = Fleet::start(&parrot().variable("SLOW_INIT", "1").init_limit(Duration::from_millis(200)), 1);
    assert!(matches!(invoke(&slow, "/echo").await, Ending::Crashed(Crash::Init(_))));
    let failing = Fleet::start(&parrot().variable("FAIL_INIT", "1"), 1);
    assert!(matches!(invoke(&failing, "/echo").await, Ending::Crashed(Crash::Init(_) | Crash::Exited)));
    let absent = Fleet::start(&Function::new("/nowhere/bootstrap"), 1);
    assert!(matches!(invoke(&absent, "/echo").await, Ending::Crashed(Crash::Init(_))));
}

#[tokio::test]
async fn a_fleet_runs_side_by_side_and_recycles() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = lines.clone();
    let function = parrot().listener(move |line| heard.lock().unwrap().push(line.to_owned()));
    let fleet = Fleet::start(&function, 2);
    let (mut one, mut two) = (fleet.lease().await, fleet.lease().await);
    assert_eq!((one.number(), two.number()), (0, 1));
    let echo = HttpRequest::get("/echo").to_event();
    let (first, second) = tokio::join!(one.invoke(&echo, Fate::default()), two.invoke(&echo, Fate::default()));
    let before = [told(&first.ending).0, told(&second.ending).0];
    assert_ne!(before[0], before[1]);
    drop((one, two));
    assert!(before.contains(&told(&invoke(&fleet, "/echo").await).0));

    fleet.recycle();
    assert!(!before.contains(&told(&invoke(&fleet, "/echo").await).0));
    assert!(lines.lock().unwrap().iter().any(|line| line == "parrot is up"));
}
