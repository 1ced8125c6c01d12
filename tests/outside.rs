//! What comes from outside is never trusted with a number: folders and journals that others made, or changed by hand.

mod bounds;
mod folders;
mod journals;
mod logs;
