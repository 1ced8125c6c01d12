//! The pure core of windtunnel: a plan and a seed go in, facts come out.
//!
//! Nothing here can reach a wall clock, a file, a thread, the environment, a hash-ordered map or a terminal:
//! the crate is `no_std` + `alloc`, so the compiler refuses all of them. Rooms stand on floors; a room imports
//! only from floors below its own (see `docs/architecture.md`; the `tidy` test checks it).
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`units`], [`random`], [`calendar`] |
//! | 1 | [`facts`], [`traffic`] |
//! | 2 | [`service`] |
//! | 3 | [`telemetry`], [`billing`] |
//! | 4 | [`policy`] |
//! | 5 | [`world`] |
//!
//! Start reading at [`world::simulate`].
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod billing;
pub mod calendar;
pub mod facts;
pub mod policy;
pub mod random;
pub mod service;
pub mod telemetry;
pub mod traffic;
pub mod units;
pub mod world;
