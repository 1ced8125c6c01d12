//! Scaling controllers: who decides the desired count.

pub mod aas;
mod controller;
mod facts;

pub use controller::{Controller, Timer, TimerPhase, Turn};
pub use facts::{ControllerDecision, ScalingFact};
