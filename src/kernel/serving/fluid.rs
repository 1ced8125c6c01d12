//! The fluid plane: what arrives is a rate, what a task holds is an amount.

mod fluid_queue;
mod path;
mod residence;
mod rounding;

pub use path::Fluid;
