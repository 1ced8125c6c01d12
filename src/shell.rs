//! The only module that touches files, the environment, the wall clock and the terminal. It decides nothing about the
//! model.

pub mod cells;
pub mod environment;
pub mod files;
pub mod interrupt;
pub mod journal;
pub mod lock;
pub mod output;
pub mod panics;
pub mod progress;
pub mod results;
pub mod shelf;
pub mod terminal;
pub mod wall_clock;
