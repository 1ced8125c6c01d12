//! What the tables of one service have in common.

use windtunnel_kernel::units::SimDuration;

use crate::scenario::import::curve::Calendar;
use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::language::table_reader::View;

/// What the parts of a service are built from.
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a str,
    pub(crate) root: View<'a>,
    pub(crate) service: View<'a>,
    pub(crate) horizon: Option<SimDuration>,
    pub(crate) calendar: Option<&'a Calendar>,
    pub(crate) assumptions: Option<&'a Assumptions>,
}
