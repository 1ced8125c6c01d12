//! The integration tests, one module a room.

mod scenario;
