//! Every number of every file of a folder replaced, runs of every length: what takes many runs of the program.

mod folders;
mod horizons;
