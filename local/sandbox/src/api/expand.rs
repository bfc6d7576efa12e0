//! `expand[]`: ids that an answer shows as whole objects.

use serde_json::Value;

use crate::error::Error;
use crate::keys::{AccountId, Caller};
use crate::params::Params;
use crate::state::State;

/// The fields to expand, all known to be expandable.
#[derive(Debug, Default)]
pub(crate) struct Expand {
    fields: Vec<String>,
}

impl Expand {
    /// Takes `expand[]`. `expandable` are the object's own fields; in a list each is asked for as `data.field`.
    ///
    /// A restricted key must be allowed to read what it expands, and the sandbox's may not read charges:
    /// <https://docs.stripe.com/stripe-apps/reference/permissions#object-permissions>.
    pub(crate) fn take(params: &mut Params, caller: Caller, expandable: &[&str], prefix: &str) -> Result<Self, Error> {
        let fields = params.take_list("expand").unwrap_or_default();
        let fields: Result<Vec<String>, Error> = fields
            .into_iter()
            .map(|path| match path.strip_prefix(prefix) {
                Some(field) if expandable.contains(&field) => Ok(field.to_owned()),
                _ => Err(Error::invalid(format!("This property cannot be expanded ({path}).")).param("expand")),
            })
            .collect();
        let fields = fields?;
        if fields.iter().any(|field| matches!(field.as_str(), "latest_charge" | "charge")) {
            caller.must_have("rak_charge_read")?;
        }
        Ok(Self { fields })
    }

    /// Puts whole objects in the place of their ids.
    pub(crate) fn apply(&self, state: &State, account: AccountId, mut object: Value) -> Value {
        for field in &self.fields {
            let Some(id) = object[field].as_str() else { continue };
            let whole = match field.as_str() {
                "latest_charge" | "charge" => state.charge(account, id).map(|charge| charge.to_json()),
                "payment_method" => state.payment_method(account, id).map(|method| method.to_json()),
                "payment_intent" => state.intent(account, id).map(|intent| intent.to_json()),
                _ => None,
            };
            if let Some(whole) = whole {
                object[field] = whole;
            }
        }
        object
    }
}
