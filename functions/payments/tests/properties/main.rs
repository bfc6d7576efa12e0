//! What holds for every input, not only for those that somebody thought of. `make fuzz` runs the same a million times.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod answers;
mod check;
mod events;
mod observations;
mod parsers;
mod protocol;
