//! tests

mod report;
