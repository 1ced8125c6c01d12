//! A figure in large type.

use serde::Serialize;

/// A figure in large type.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) note: String,
    /// Proviso on the value; the note says it too.
    #[serde(skip)]
    pub(super) proviso: Option<String>,
}

impl Tile {
    pub(super) const fn new(name: &'static str, value: String, note: String) -> Self {
        Self { name, value, note, proviso: None }
    }
}
