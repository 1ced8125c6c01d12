//! Context that the tables of one service have in common.

use windtunnel_kernel::units::SimDuration;

use crate::scenario::import::curve::Calendar;
use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::language::table_reader::TableReader;

/// The facts that the tables of one service share.
pub(crate) struct ServiceContext<'a> {
    pub(crate) name: &'a str,
    pub(crate) root: TableReader<'a>,
    pub(crate) service: TableReader<'a>,
    pub(crate) horizon: Option<SimDuration>,
    pub(crate) calendar: Option<&'a Calendar>,
    pub(crate) assumptions: Option<&'a Assumptions>,
}
