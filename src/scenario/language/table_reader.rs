//! Typed reading of a resolved table. A key that is absent and one that is wrong both read as `None`: what is wrong has
//! been reported already, and [`View::is_given`] tells the two apart where it matters.

use windtunnel_kernel::units::{Bytes, SimDuration};

use crate::scenario::language::quantity;
use crate::scenario::language::tree::{Entry, Node, Place, Table, Value};

/// A table of the resolved tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) table: &'a Table,
    pub(crate) place: &'a Place,
}

impl<'a> View<'a> {
    /// The value of `key`.
    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        self.table.entry(key).map(|entry| &entry.node)
    }

    /// Whether the key has a value, right or wrong.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.table.entry(key).is_some()
    }

    /// Where the value stands; the table, where it is a default.
    pub(crate) fn place(&self, key: &str) -> Place {
        match self.node(key) {
            Some(node) if node.place.0.is_some() => node.place.clone(),
            _ => self.place.clone(),
        }
    }

    /// The table of `key`.
    pub(crate) fn table(&self, key: &str) -> Option<Self> {
        let node = self.node(key)?;
        match &node.value {
            Value::Table(table) => {
                Some(View { table, place: if node.place.0.is_some() { &node.place } else { self.place } })
            }
            _ => None,
        }
    }

    /// The tables of a map, with their names; those that are wrong are left out.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&'a Entry, Self)> + use<'a> {
        self.table.entries.iter().filter_map(|entry| match &entry.node.value {
            Value::Table(table) => Some((entry, View { table, place: &entry.node.place })),
            _ => None,
        })
    }

    /// The tables of a list.
    pub(crate) fn list(&self, key: &str) -> Vec<Self> {
        let Some(Value::Array(items)) = self.node(key).map(|node| &node.value) else { return Vec::new() };
        items
            .iter()
            .filter_map(|item| match &item.value {
                Value::Table(table) => Some(View { table, place: &item.place }),
                _ => None,
            })
            .collect()
    }

    /// The only key of a table of alternatives.
    pub(crate) fn alternative(&self) -> Option<(&'a str, Self)> {
        let entry = self.table.entries.first()?;
        self.table(&entry.key).map(|view| (entry.key.as_str(), view))
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        match &self.node(key)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The strings of an array.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let Value::Array(items) = &self.node(key)?.value else { return None };
        let text = |node: &Node| match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        items.iter().map(text).collect()
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match &self.node(key)?.value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a number in a scenario has far fewer than 53 bits")]
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        match &self.node(key)?.value {
            Value::Number(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    pub(crate) fn count(&self, key: &str) -> Option<u32> {
        self.integer(key).and_then(|number| u32::try_from(number).ok())
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i128> {
        match &self.node(key)?.value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn duration(&self, key: &str) -> Option<SimDuration> {
        quantity::duration(self.text(key)?).ok()
    }

    pub(crate) fn size(&self, key: &str) -> Option<Bytes> {
        quantity::size(self.text(key)?).ok()
    }
}
