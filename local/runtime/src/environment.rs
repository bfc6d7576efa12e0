//! An execution environment: one process at a time, one invocation at a time.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>

use crate::api::Delivery;
use crate::function::Function;
use crate::process::{Crash, Ending, Process};
use serde_json::Value;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What is done to an invocation beyond its event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    /// Another time-out than the function's.
    pub timeout: Option<Duration>,
    /// SIGKILL, so long after the event was handed over.
    pub kill_after: Option<Duration>,
}

/// An invocation, over.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// How it ended.
    pub ending: Ending,
    /// Its id, as the function knew it.
    pub request_id: String,
    /// From the start of a process until it asked for its event; `None` in a warm environment.
    pub init: Option<Duration>,
    /// From the event's delivery to the ending.
    pub took: Duration,
}

/// Where a function runs. It is cold until its first invocation, and again after its process ended.
pub struct Environment {
    number: usize,
    function: Function,
    process: Option<Process>,
    epoch: u64,
}

impl Environment {
    pub(crate) fn new(number: usize, function: Function) -> Self {
        Self { number, function, process: None, epoch: 0 }
    }

    /// Leaves a process behind that was started in an earlier epoch; the next one is of `function`.
    pub(crate) async fn enter(&mut self, epoch: u64, function: Option<Function>) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.function = function.unwrap_or_else(|| self.function.clone());
            self.recycle().await;
        }
    }

    /// Its number in its fleet, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The operating system's number of its process, if there is one.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().and_then(Process::id)
    }

    /// Sees to a process that waits for an event, as Lambda does when it makes an environment ahead of demand. How long its
    /// init took; `None` if there was one.
    pub async fn start(&mut self) -> Result<Option<Duration>, Crash> {
        let (process, init) = self.ready_process().await?;
        self.process = Some(process);
        Ok(init)
    }

    /// Invokes the function, in a new process if there is none. If the future is dropped, the process is killed.
    pub async fn invoke(&mut self, event: &Value, fate: Fate) -> Invoked {
        let request_id = Uuid::new_v4().to_string();
        // Taken out, so that what breaks off here leaves no process in the middle of something.
        let (mut process, init) = match self.ready_process().await {
            Ok(ready) => ready,
            Err(crash) => {
                return Invoked { ending: Ending::Crashed(crash), request_id, init: None, took: Duration::ZERO };
            }
        };
        let began = Instant::now();
        let delivery = Delivery {
            request_id: request_id.clone(),
            time_left: fate.timeout.unwrap_or(self.function.timeout),
            event: event.to_string(),
        };
        let ending = process.run(delivery, fate.kill_after).await;
        let took = began.elapsed();
        if matches!(ending, Ending::Reply(_) | Ending::Crashed(Crash::Error(_))) {
            self.process = Some(process);
        }
        Invoked { ending, request_id, init, took }
    }

    /// Ends the process, as Lambda does when it needs the place. The next invocation finds the environment cold.
    pub async fn recycle(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await;
        }
    }

    /// The process, waiting for an event; and how long its init took, if it is a new one.
    async fn ready_process(&mut self) -> Result<(Process, Option<Duration>), Crash> {
        if let Some(mut process) = self.process.take()
            && process.until_waiting().await.is_ok()
        {
            return Ok((process, None));
        }
        let began = Instant::now();
        let process = Process::start(&self.function).await?;
        Ok((process, Some(began.elapsed())))
    }
}
