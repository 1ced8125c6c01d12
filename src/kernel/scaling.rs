//! Scaling: who decides the desired count.

pub mod aas;
