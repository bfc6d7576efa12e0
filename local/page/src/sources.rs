//! The page's modules.

use std::collections::BTreeMap;
use std::path::Path;

const MODULES: [(&str, &str); 9] = [
    ("api.js", include_str!("../../../static-site/app/api.js")),
    ("card-errors.js", include_str!("../../../static-site/app/card-errors.js")),
    ("checkout-store.js", include_str!("../../../static-site/app/checkout-store.js")),
    ("checkout.js", include_str!("../../../static-site/app/checkout.js")),
    ("other-tab.js", include_str!("../../../static-site/app/other-tab.js")),
    ("payment-state.js", include_str!("../../../static-site/app/payment-state.js")),
    ("payment.js", include_str!("../../../static-site/app/payment.js")),
    ("shared-payment.js", include_str!("../../../static-site/app/shared-payment.js")),
    ("stored.js", include_str!("../../../static-site/app/stored.js")),
];

/// Sources by their file names.
#[derive(Clone, Debug)]
pub struct Sources(pub(crate) BTreeMap<String, String>);

impl Default for Sources {
    /// The modules as they ship.
    fn default() -> Self {
        Self(MODULES.map(|(name, source)| (name.to_owned(), source.to_owned())).into())
    }
}

impl Sources {
    /// The modules as they are in a folder.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let read = |(name, _): (&str, &str)| {
            let source = std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
            Ok((name.to_owned(), source))
        };
        MODULES.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}
