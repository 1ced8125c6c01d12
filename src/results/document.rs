//! JSON documents: written, read back and described by one type each.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::sheet::ReadError;

/// JSON document.
pub trait Document: Serialize + DeserializeOwned + JsonSchema {
    /// Name of the file, or of the output on standard output.
    const NAME: &'static str;

    /// Name of its file.
    const FILE: &'static str = Self::NAME;
}

/// The text of a document, ending with a line feed.
#[must_use]
pub fn json_text(document: &impl Serialize) -> String {
    pretty(document) + "\n"
}

#[expect(clippy::expect_used, reason = "plain structs with text keys always serialize")]
fn pretty(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("a document is plain data")
}

/// Reads a document.
///
/// # Errors
/// Content that is not a document of this type, or one of another major version.
pub fn read_document<D: Document>(bytes: &[u8]) -> Result<D, ReadError> {
    serde_json::from_slice(bytes).map_err(|error| ReadError { file: D::FILE, what: error.to_string() })
}
