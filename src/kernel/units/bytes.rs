//! Sizes.

/// A size in bytes \[B\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// One mebibyte \[B\].
    pub const MIB: u64 = 1 << 20;
    /// One gibibyte \[B\].
    pub const GIB: u64 = 1 << 30;
}
