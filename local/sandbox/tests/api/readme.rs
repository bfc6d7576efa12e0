//! The README keeps its word.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Client, send};

const README: &str = include_str!("../../README.md");

#[tokio::test]
async fn its_example_of_faults_is_taken() {
    let client = Client::start().await;
    let example = README.split("/_sandbox/faults -d '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let request = client.http.request(Method::PUT, format!("{}/_sandbox/faults", client.sandbox.url()));
    let seen = send(request.body(example)).await.succeeds();
    let rules: Vec<&Value> = seen.as_array().unwrap().iter().map(|seen| &seen["rule"]).collect();
    assert_eq!(serde_json::from_str::<Vec<Value>>(example).unwrap().iter().collect::<Vec<_>>(), rules);
}

#[test]
fn it_names_every_fault() {
    let unknown = serde_json::from_str::<sandbox::Fault>("\"\"").unwrap_err().to_string();
    let names: Vec<&str> = unknown.split('`').skip(3).step_by(2).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let (plain, with_fields) = (format!("`{name}`"), format!("`{{\"{name}\":"));
        assert!(README.contains(&plain) || README.contains(&with_fields), "{name}");
    }
}
