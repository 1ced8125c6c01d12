//! The integration tests, in one binary: one module a room or a subject.

mod report;
mod scenario;
