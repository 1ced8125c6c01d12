//! The price book, and what a bill of it leaves out.

pub(crate) mod price_book;
pub(crate) mod unpriced;
