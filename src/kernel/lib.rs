//! The pure core of windtunnel: a plan and a seed go in, facts come out.
//!
//! Nothing here can reach a wall clock, a file, a thread, the environment, a hash-ordered map or a terminal: the crate is
//! `no_std` + `alloc`, so the compiler refuses all of them. Modules stand on layers; a module imports only from layers below
//! its own (see `docs/architecture.md`; the `tidy` test checks it).
//!
//! | layer | modules |
//! |---|---|
//! | 0 | [`units`], [`grid`], [`period_ring`], [`random`], [`event_queue`] |
//! | 1 | [`facts`], [`traffic`], [`replica_set`] |
//! | 2 | [`serving`], [`platform`] |
//! | 3 | [`telemetry`], [`billing`] |
//! | 4 | [`scaling`] |
//! | 5 | [`simulation`] |
//!
//! Start reading at [`simulation::simulate`].
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod billing;
pub mod event_queue;
pub mod facts;
pub mod grid;
pub mod period_ring;
pub mod platform;
pub mod random;
pub mod replica_set;
pub mod scaling;
pub mod serving;
pub mod simulation;
pub mod telemetry;
pub mod traffic;
pub mod units;
