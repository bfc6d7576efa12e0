//! Who is measured, and how each is started.

use crate::Plan;
use crate::answers::PUBLISHABLE_KEY;
use runtime::Function;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A function, as it was built, and what would be uploaded of it.
#[derive(Clone)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) package: PathBuf,
    start: Start,
}

#[derive(Clone)]
enum Start {
    Program(PathBuf),
    Node { runtime: PathBuf, script: PathBuf },
    Python { interpreter: PathBuf, folder: PathBuf },
}

/// What a function finds around it.
pub(crate) struct Surroundings<'a> {
    pub(crate) stripe: &'a str,
    pub(crate) secrets_manager: &'a str,
    pub(crate) authority: &'a Path,
}

/// All four: Till, the floor, and the peers.
pub(crate) fn all(plan: &Plan) -> Vec<Contender> {
    let zip = |name: &str| plan.peers.join(name);
    let floor = Start::Program(plan.floor.clone());
    let node = Start::Node { runtime: plan.peers.join("runtime.mjs"), script: plan.peers.join("node/payments.mjs") };
    let python = Start::Python { interpreter: plan.peers.join("venv/bin/python"), folder: plan.peers.join("python") };
    vec![
        Contender { name: TILL, package: plan.till.with_extension("zip"), start: Start::Program(plan.till.clone()) },
        Contender { name: "Node", package: zip("node.zip"), start: node },
        Contender { name: "Python", package: zip("python.zip"), start: python },
        Contender { name: FLOOR, package: plan.floor.with_extension("zip"), start: floor },
    ]
}

pub(crate) const TILL: &str = "Till";
pub(crate) const FLOOR: &str = "floor";

impl Contender {
    /// The function in its surroundings. Each client reads the authority from a variable of its own.
    pub(crate) fn function(&self, around: &Surroundings<'_>) -> Function {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let function = match &self.start {
            Start::Program(program) => Function::new(program),
            Start::Node { runtime, script } => Function::new("node").argument(text(runtime)).argument(text(script)),
            Start::Python { interpreter, folder } => Function::new(interpreter)
                .argument("-m")
                .argument("awslambdaric")
                .argument("payments.handler")
                .variable("PYTHONPATH", text(folder)),
        };
        let authority = text(around.authority);
        let ours = [
            ("STRIPE_SECRET_ID", "till/stripe"),
            ("STRIPE_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
            ("STRIPE_API_BASE", around.stripe),
            ("AWS_ENDPOINT_URL", around.secrets_manager),
            ("AWS_ACCESS_KEY_ID", "AKIDBENCH"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_SESSION_TOKEN", "bench"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("STAGE", "bench"),
            ("SSL_CERT_FILE", &authority),
            ("NODE_EXTRA_CA_CERTS", &authority),
            ("AWS_CA_BUNDLE", &authority),
        ];
        ours.into_iter().fold(function, |function, (name, value)| function.variable(name, value)).timeout(Duration::from_secs(10))
    }

    /// What is uploaded, in bytes.
    pub(crate) fn package_size(&self) -> std::io::Result<u64> {
        Ok(self.package.metadata()?.len())
    }
}
