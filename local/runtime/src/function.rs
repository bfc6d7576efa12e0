//! What is run, and within which limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Takes each line that a function's process prints, without its end.
pub(crate) type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// A function as it was deployed: its binary, its settings, its limits.
#[derive(Clone)]
pub struct Function {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) init_limit: Duration,
    pub(crate) listener: Listener,
}

impl Function {
    /// A binary that speaks the Runtime API. Time-out 25 s, 10 s for init as in Lambda, nobody listens to its lines.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            timeout: Duration::from_secs(25),
            init_limit: Duration::from_secs(10),
            listener: Arc::new(|_| {}),
        }
    }

    /// An argument, for runtimes that are given a script.
    #[must_use]
    pub fn argument(mut self, value: impl Into<String>) -> Self {
        self.arguments.push(value.into());
        self
    }

    /// A variable of its environment, which holds Lambda's own ones beside, and nothing of ours but `PATH`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// How long an invocation may take before its process is killed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a process may take from its start until it asks for its first event.
    #[must_use]
    pub fn init_limit(mut self, limit: Duration) -> Self {
        self.init_limit = limit;
        self
    }

    /// Who hears the lines that its processes print, on stdout and on stderr.
    #[must_use]
    pub fn listener(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.listener = Arc::new(listener);
        self
    }
}
