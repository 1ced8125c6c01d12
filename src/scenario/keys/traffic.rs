//! `[service.<name>.traffic]`: traces and shapes, onto the kernel's rate curve or its exact counts.

pub(crate) mod shape;
pub(crate) mod table;
pub(crate) mod trace;
