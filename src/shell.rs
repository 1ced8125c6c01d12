//! The only room that touches files, the environment, the wall clock and the terminal. It decides nothing about the
//! model.

pub mod files;
pub mod output;
pub mod terminal;
pub mod wall_clock;
