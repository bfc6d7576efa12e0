//! One process of a function, from its start to its end.

use crate::api::{Api, Delivery, Said};
use crate::function::{Function, Listener};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::{sleep_until, timeout};

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The function's response, as it posted it.
    Reply(String),
    /// The deadline came, and the process was killed.
    Timeout,
    /// There is no response, and will be none.
    Crashed(Crash),
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crash {
    /// We killed the process, as asked.
    Killed,
    /// It ended by itself.
    Exited,
    /// It posted an error in place of a response.
    Error(String),
    /// It could not start, or not in time.
    Init(String),
}

/// A process that runs, and its Runtime API. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    api: Api,
    waiting: Option<oneshot::Sender<Delivery>>,
}

impl Process {
    /// Starts a process and waits until it asks for its first event.
    pub(crate) async fn start(function: &Function) -> Result<Self, Crash> {
        let failed = |error: std::io::Error| Crash::Init(error.to_string());
        let api = Api::open().await.map_err(failed)?;
        let mut child = command(function, &api).spawn().map_err(failed)?;
        listen(child.stdout.take(), &function.listener);
        listen(child.stderr.take(), &function.listener);
        let mut process = Self { child, api, waiting: None };
        match timeout(function.init_limit, process.until_waiting()).await {
            Ok(Ok(())) => Ok(process),
            Ok(Err(crash)) => Err(crash),
            Err(_) => Err(Crash::Init("init took too long".to_owned())),
        }
    }

    /// Waits until it asks for an event; it may have done so before.
    pub(crate) async fn until_waiting(&mut self) -> Result<(), Crash> {
        // A process that went away while it waited has hung up.
        while self.waiting.as_ref().is_none_or(oneshot::Sender::is_closed) {
            tokio::select! {
                said = self.api.said.recv() => match said {
                    Some(Said::Next(deliver)) => self.waiting = Some(deliver),
                    Some(Said::InitError(error)) => return Err(Crash::Init(error)),
                    Some(_) => {}
                    None => return Err(Crash::Exited),
                },
                _ = self.child.wait() => return Err(Crash::Exited),
            }
        }
        Ok(())
    }

    /// Hands it an event, and waits for what comes first: its response, its end, the deadline, or the kill.
    pub(crate) async fn run(&mut self, delivery: Delivery, kill_after: Option<Duration>) -> Ending {
        let now = Instant::now();
        let deadline = now + delivery.time_left;
        let kill = kill_after.map_or(deadline, |after| now + after);
        let request_id = delivery.request_id.clone();
        let delivered = self.waiting.take().is_some_and(|waiting| waiting.send(delivery).is_ok());
        if !delivered {
            return Ending::Crashed(Crash::Exited);
        }
        loop {
            tokio::select! {
                said = self.api.said.recv() => match said {
                    Some(Said::Response(id, body)) if id == request_id => return Ending::Reply(body),
                    Some(Said::Error(id, body)) if id == request_id => return Ending::Crashed(Crash::Error(body)),
                    Some(_) => {}
                    None => return Ending::Crashed(Crash::Exited),
                },
                _ = self.child.wait() => return Ending::Crashed(Crash::Exited),
                () = sleep_until(kill.min(deadline).into()) => {
                    self.kill().await;
                    return if kill < deadline { Ending::Crashed(Crash::Killed) } else { Ending::Timeout };
                }
            }
        }
    }

    /// SIGKILL, as Lambda ends a process.
    pub(crate) async fn kill(&mut self) {
        // An error says that it is gone already.
        let _ = self.child.kill().await;
    }

    /// The operating system's number of it, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
fn command(function: &Function, api: &Api) -> Command {
    let mut command = Command::new(&function.program);
    command
        .args(&function.arguments)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "payments")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("TZ", ":UTC")
        .envs(function.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn listen(output: Option<impl AsyncRead + Unpin + Send + 'static>, listener: &Listener) {
    let Some(output) = output else { return };
    let listener = listener.clone();
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            listener(&line);
        }
    });
}
