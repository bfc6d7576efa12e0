//! Objects of one kind: in the order of their creation, found by id.

use std::collections::HashMap;

use crate::keys::AccountId;

/// What the sandbox stores: an object of one account.
pub(crate) trait Stored {
    fn id(&self) -> &str;
    fn account(&self) -> AccountId;
}

/// Objects by creation and by id.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    by_id: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), by_id: HashMap::new() }
    }
}

impl<T: Stored> Table<T> {
    pub(crate) fn insert(&mut self, object: T) {
        self.by_id.insert(object.id().to_owned(), self.rows.len());
        self.rows.push(object);
    }

    /// The object of that id, if it belongs to that account.
    pub(crate) fn get(&self, account: AccountId, id: &str) -> Option<&T> {
        self.by_id.get(id).map(|row| &self.rows[*row]).filter(|object| object.account() == account)
    }

    /// The place of that object among all rows, if it belongs to that account.
    pub(crate) fn row(&self, account: AccountId, id: &str) -> Option<usize> {
        self.by_id.get(id).copied().filter(|row| self.rows[*row].account() == account)
    }

    pub(crate) fn get_mut(&mut self, account: AccountId, id: &str) -> Option<&mut T> {
        self.by_id.get(id).map(|row| &mut self.rows[*row]).filter(|object| object.account() == account)
    }

    /// The object of that id, whoever's it is.
    pub(crate) fn of_any_account(&self, id: &str) -> Option<&T> {
        self.by_id.get(id).map(|row| &self.rows[*row])
    }

    /// All objects, oldest first.
    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }
}
