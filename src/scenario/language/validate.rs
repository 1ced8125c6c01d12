//! Tables and values against the key table.

mod scalar;
mod tables;

pub(crate) use tables::validate;
