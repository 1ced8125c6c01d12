//! The keys of each table.

pub(crate) mod assumptions;
pub(crate) mod experiments;
pub(crate) mod failing;
pub(crate) mod laws;
pub(crate) mod scaling;
pub(crate) mod service;
pub(crate) mod top;
