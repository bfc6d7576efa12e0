//! The page's modules, as they ship, in an embedded JavaScript engine.

use crate::Sources;
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::{CatchResultExt as _, Context, Ctx, Function, Module, Object, Runtime};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// What a page asks of its browser, or tells. `page` is its number; `id` names what it waits for.
#[derive(Debug)]
pub enum Call {
    /// `fetch`: of `/api/config`, or of a payment.
    #[expect(missing_docs, reason = "they are what fetch was called with")]
    Fetch { page: u32, id: u32, method: String, path: String, checkout: String, resend: bool, body: String },
    /// `setTimeout`.
    #[expect(missing_docs, reason = "said above; a pause in milliseconds")]
    Timer { page: u32, id: u32, ms: f64 },
    /// Stripe.js is to make a PaymentMethod of the card in the form.
    #[expect(missing_docs, reason = "said above; the publishable key that Stripe.js was loaded with")]
    Tokenize { page: u32, id: u32, key: String },
    /// Stripe.js is to open the bank's dialog.
    #[expect(missing_docs, reason = "said above; what Stripe.js is given")]
    Challenge { page: u32, id: u32, key: String, client_secret: String },
    /// It wrote to the storage of its origin.
    #[expect(missing_docs, reason = "said above")]
    Written { page: u32 },
    /// What it shows, as JSON.
    #[expect(missing_docs, reason = "said above")]
    Changed { page: u32, view: String },
    /// A deed has come to its end.
    #[expect(missing_docs, reason = "said above")]
    Done { page: u32, deed: String },
    /// An error of its own.
    #[expect(missing_docs, reason = "said above")]
    Failed { page: u32, error: String },
}

type Calls = Rc<RefCell<VecDeque<Call>>>;

/// One engine for all worlds of a thread: the modules hold no state of their own.
pub struct Engine {
    runtime: Runtime,
    context: Context,
    calls: Calls,
    /// Promises that were rejected, and that nobody has caught.
    unhandled: Calls,
}

/// Where a page's clocks and random numbers come from.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// The wall clock of a page's browser, in milliseconds since 1970.
    pub now_ms: fn(page: u32) -> f64,
    /// Its monotonic clock, in milliseconds.
    pub ticks_ms: fn() -> f64,
    /// A number from 0 to 1.
    pub random: fn() -> f64,
}

struct Embedded(Sources);

impl Resolver for Embedded {
    fn resolve<'js>(&mut self, _: &Ctx<'js>, _: &str, name: &str, _: Option<ImportAttributes<'js>>) -> rquickjs::Result<String> {
        Ok(name.rsplit('/').next().unwrap_or(name).to_owned())
    }
}

impl Loader for Embedded {
    fn load<'js>(&mut self, ctx: &Ctx<'js>, name: &str, _: Option<ImportAttributes<'js>>) -> rquickjs::Result<Module<'js>> {
        let source = self.0.0.get(name).ok_or_else(|| rquickjs::Error::new_loading(name))?;
        Module::declare(ctx.clone(), name, source.as_str())
    }
}

impl Engine {
    /// Loads the modules.
    pub fn new(sources: Sources, clocks: Host) -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        let unhandled = Calls::default();
        let told = Rc::clone(&unhandled);
        runtime.set_host_promise_rejection_tracker(Some(Box::new(move |_, _, reason, is_handled| {
            let error = reason.as_exception().map_or_else(|| format!("{reason:?}"), ToString::to_string);
            if is_handled {
                told.borrow_mut().pop_back(); // it was caught after all
            } else {
                told.borrow_mut().push_back(Call::Failed { page: 0, error });
            }
        })));
        runtime.set_loader(Embedded(sources.clone()), Embedded(sources));
        let context = Context::full(&runtime).map_err(|error| error.to_string())?;
        let calls = Calls::default();
        context.with(|ctx| {
            let load = || -> rquickjs::Result<()> {
                ctx.globals().set("host", host(&ctx, &calls, clocks)?)?;
                Module::evaluate(ctx.clone(), "browser.js", include_str!("browser.js"))?.finish()
            };
            load().catch(&ctx).map_err(|error| error.to_string())
        })?;
        Ok(Self { runtime, context, calls, unhandled })
    }

    /// Calls one of `simulation`'s functions and lets the page run until it waits. Returns what it asked for meanwhile.
    pub fn call<A>(&self, name: &str, arguments: A) -> (String, Vec<Call>)
    where
        A: for<'js> rquickjs::function::IntoArgs<'js>,
    {
        let answer = self.context.with(|ctx| {
            let call = || -> rquickjs::Result<Option<String>> {
                let simulation: Object<'_> = ctx.globals().get("simulation")?;
                let function: Function<'_> = simulation.get(name)?;
                let value: rquickjs::Value<'_> = function.call(arguments)?;
                Ok(value.into_string().and_then(|text| text.to_string().ok()))
            };
            call().catch(&ctx).map_err(|error| error.to_string())
        });
        while self.runtime.execute_pending_job().unwrap_or(true) {}
        let mut calls: Vec<_> = self.calls.borrow_mut().drain(..).collect();
        calls.extend(self.unhandled.borrow_mut().drain(..));
        match answer {
            Ok(answer) => (answer.unwrap_or_default(), calls),
            Err(error) => {
                calls.push(Call::Failed { page: u32::MAX, error });
                (String::new(), calls)
            }
        }
    }
}

fn host<'js>(ctx: &Ctx<'js>, calls: &Calls, clocks: Host) -> rquickjs::Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    host.set("now", Function::new(ctx.clone(), clocks.now_ms)?)?;
    host.set("ticks", Function::new(ctx.clone(), clocks.ticks_ms)?)?;
    host.set("random", Function::new(ctx.clone(), clocks.random)?)?;
    let tell = || {
        let calls = Rc::clone(calls);
        move |call| calls.borrow_mut().push_back(call)
    };
    let push = tell();
    let fetch = move |page, id, method, path, checkout, resend, body| {
        push(Call::Fetch { page, id, method, path, checkout, resend, body });
    };
    host.set("fetch", Function::new(ctx.clone(), fetch)?)?;
    let push = tell();
    host.set("timer", Function::new(ctx.clone(), move |page, id, ms| push(Call::Timer { page, id, ms }))?)?;
    let push = tell();
    host.set("tokenize", Function::new(ctx.clone(), move |page, id, key| push(Call::Tokenize { page, id, key }))?)?;
    let push = tell();
    let challenge = move |page, id, key, client_secret| push(Call::Challenge { page, id, key, client_secret });
    host.set("challenge", Function::new(ctx.clone(), challenge)?)?;
    let push = tell();
    host.set("written", Function::new(ctx.clone(), move |page| push(Call::Written { page }))?)?;
    let push = tell();
    host.set("changed", Function::new(ctx.clone(), move |page, view| push(Call::Changed { page, view }))?)?;
    let push = tell();
    host.set("done", Function::new(ctx.clone(), move |page, deed| push(Call::Done { page, deed }))?)?;
    let push = tell();
    host.set("failed", Function::new(ctx.clone(), move |page, error| push(Call::Failed { page, error }))?)?;
    Ok(host)
}
