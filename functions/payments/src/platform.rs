//! What the function takes from the machine that it runs on. A simulation brings its own.

use crate::network::SimulatedNetwork;
use std::sync::Arc;
use std::time::SystemTime;
use uuid::Uuid;

/// The clock, the source of randomness, and the network. Pauses and timeouts are tokio's.
#[derive(Clone, Debug)]
pub struct Platform {
    /// The wall clock, in milliseconds since 1970.
    pub now_ms: fn() -> u64,
    /// A random UUID of version 4.
    pub random_uuid: fn() -> Uuid,
    /// `None`: the real one.
    pub network: Option<Arc<dyn SimulatedNetwork>>,
}

impl Default for Platform {
    fn default() -> Self {
        Self { now_ms, random_uuid: Uuid::new_v4, network: None }
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
