//! Bytes in the place of Stripe's answer: the first two are the status, the third tells a replay.
#![no_main]

#[path = "../../tests/properties/check.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, bool, &[u8])| {
    let (status, replayed, body) = input;
    check::answer(100 + status % 500, replayed, body);
});
