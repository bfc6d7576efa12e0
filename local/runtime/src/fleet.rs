//! Environments of one function, leased to one invocation each.

use crate::environment::{Environment, Fate, Invoked};
use crate::function::Function;
use serde_json::Value;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

type Place = Arc<AsyncMutex<Environment>>;

/// A function's environments: its reserved concurrency. Who comes when all are busy waits, where Lambda would answer 429.
#[derive(Clone)]
pub struct Fleet {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
}

struct Shared {
    idle: Mutex<Vec<Place>>,
    /// What each environment runs, by its number.
    functions: Mutex<Vec<Function>>,
    /// Counts recyclings.
    epoch: AtomicU64,
}

impl Fleet {
    /// So many environments of one function, all cold.
    pub fn start(function: &Function, environments: usize) -> Self {
        Self::of(vec![function.clone(); environments])
    }

    /// An environment for each, all cold: the same function with settings that differ, such as where each finds Stripe.
    pub fn of(functions: Vec<Function>) -> Self {
        let permits = Arc::new(Semaphore::new(functions.len()));
        let places = functions.iter().cloned().enumerate().map(|(number, function)| Environment::new(number, function));
        // Taken from the end: the first one first.
        let idle = Mutex::new(places.map(|place| Arc::new(AsyncMutex::new(place))).rev().collect());
        let functions = Mutex::new(functions);
        Self { shared: Arc::new(Shared { idle, functions, epoch: AtomicU64::new(0) }), permits }
    }

    /// An environment, a warm one if there is any, as soon as one is free. It is free again when the lease is dropped.
    pub async fn lease(&self) -> Lease {
        loop {
            // The semaphore is never closed, and each permit stands for an idle place.
            let permit = self.permits.clone().acquire_owned().await.ok();
            let place = self.shared.idle().pop();
            if let (Some(permit), Some(place)) = (permit, place) {
                let mut environment = place.clone().lock_owned().await;
                let epoch = self.shared.epoch.load(Ordering::Relaxed);
                let function = self.shared.functions().get(environment.number()).cloned();
                environment.enter(epoch, function).await;
                return Lease { environment, place, shared: self.shared.clone(), _permit: permit };
            }
        }
    }

    /// Invokes the function in the next free environment.
    pub async fn invoke(&self, event: &Value) -> Invoked {
        self.lease().await.invoke(event, Fate::default()).await
    }

    /// Deploys other settings: each environment begins with a new process of its function of this list, if it has one.
    pub fn deploy(&self, functions: Vec<Function>) {
        *self.shared.functions() = functions;
        self.recycle();
    }

    /// From now on every environment begins with a new process, as after a deployment. What is under way ends first.
    pub fn recycle(&self) {
        self.shared.epoch.fetch_add(1, Ordering::Relaxed);
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Place>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn functions(&self) -> std::sync::MutexGuard<'_, Vec<Function>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An environment for one's own use.
pub struct Lease {
    environment: OwnedMutexGuard<Environment>,
    place: Place,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.idle().push(self.place.clone());
    }
}

impl Deref for Lease {
    type Target = Environment;

    fn deref(&self) -> &Environment {
        &self.environment
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Environment {
        &mut self.environment
    }
}
