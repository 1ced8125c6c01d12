//! Results as people read them: what a command has to say, in an order that every renderer keeps. A command makes one
//! [`View`]; `terminal`, `markdown` and the templates of the page render it, so that a sentence is written once.
//!
//! A terminal and a pull request get what is short; tables that are folded away, pictures and texts to copy are the page's.

mod bill;
mod content;
mod markdown;
mod page;
mod status;
mod table;
mod terminal;

pub(super) use bill::Bill;
pub use content::View;
pub(super) use content::{Block, ChartPlace, Section, Tile, Verdict};
pub(super) use status::{
    checks_sentence, counted, sentence_of, status_class, status_sign, status_word, worst,
};
pub(super) use table::{ResultTable, TableCell};
