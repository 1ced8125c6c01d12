//! The language: text and its places, the key table's types, checks against it, diagnostics, and what is said about the
//! language itself. It knows no plan: of the kernel it uses units only.

pub(crate) mod axis;
pub(crate) mod changes;
pub(crate) mod codes;
pub(crate) mod diagnostic;
pub(crate) mod explain;
pub(crate) mod invisible;
pub(crate) mod json_schema;
pub(crate) mod overrides;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod resolved;
pub(crate) mod schema;
pub(crate) mod scope;
pub(crate) mod source;
pub(crate) mod table_reader;
pub(crate) mod templates;
pub(crate) mod tree;
pub(crate) mod validate;
