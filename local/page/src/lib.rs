//! The modules of the page that decide, as they ship, in an embedded JavaScript engine. Around them is a browser without a screen
//! (`browser.js`): what a page asks of it comes out as [`Call`]s, and whoever holds the engine answers them, in its own time.
//! `local/simulation` answers in virtual time, `local/chaos` with real processes.

mod engine;
mod sources;

pub use engine::{Call, Engine, Host};
pub use rquickjs::function::IntoArgs;
pub use sources::Sources;
