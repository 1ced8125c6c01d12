//! `tasks.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellSeconds, CellText};
use super::sheet::SheetRow;
use crate::kernel::platform::TaskStage;
use crate::record::{TaskLifetime, failure_name};

/// One row per task, with the second at which it first came to each stage. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskRow {
    /// Name of the service.
    pub service: CellText,
    /// Number of the task.
    pub task: u32,
    /// Letter of the availability zone; none for a task that was never placed.
    pub zone: Option<String>,
    /// Time at which the task first was asked for \[s\].
    pub asked_for_s: Option<CellSeconds>,
    /// Time at which the task first was provisioning \[s\].
    pub provisioning_s: Option<CellSeconds>,
    /// Time at which the task first pulled its image \[s\].
    pub pull_s: Option<CellSeconds>,
    /// Time at which the task first started its container \[s\].
    pub start_s: Option<CellSeconds>,
    /// Time at which the task first ran \[s\].
    pub running_s: Option<CellSeconds>,
    /// Time at which the task first was registered with the load balancer \[s\].
    pub registering_s: Option<CellSeconds>,
    /// Time at which the task first took requests \[s\].
    pub in_service_s: Option<CellSeconds>,
    /// Time at which the task first was unhealthy \[s\].
    pub unhealthy_s: Option<CellSeconds>,
    /// Time at which the task first was draining \[s\].
    pub draining_s: Option<CellSeconds>,
    /// Time at which the task first was stopping \[s\].
    pub stopping_s: Option<CellSeconds>,
    /// Time at which the task first had exited \[s\].
    pub exited_s: Option<CellSeconds>,
    /// Time at which the task first was stopped \[s\].
    pub stopped_s: Option<CellSeconds>,
    /// Time at which the task failed \[s\].
    pub failed_s: Option<CellSeconds>,
    /// Failure that ended the task.
    pub failure: Option<String>,
}

impl SheetRow for TaskRow {
    const FILE: &'static str = "tasks.csv";
}

impl TaskRow {
    /// The row of a task of a service.
    #[must_use]
    pub fn new(service: &CellText, life: &TaskLifetime) -> Self {
        let [
            asked_for_s,
            provisioning_s,
            pull_s,
            start_s,
            running_s,
            registering_s,
            in_service_s,
            unhealthy_s,
            draining_s,
            stopping_s,
            exited_s,
            stopped_s,
        ] = life.came_to.map(|at| at.map(CellSeconds::from));
        let zone = char::from(b'a' + u8::try_from(life.zone).unwrap_or(0).min(25));
        // A task that is placed has a zone; one that was never launched has none.
        let is_placed = TaskStage::ALL[1..]
            .iter()
            .any(|stage| *stage != TaskStage::Stopped && life.came_to(*stage).is_some());
        Self {
            service: service.clone(),
            task: life.task.0,
            zone: is_placed.then(|| zone.to_string()),
            asked_for_s,
            provisioning_s,
            pull_s,
            start_s,
            running_s,
            registering_s,
            in_service_s,
            unhealthy_s,
            draining_s,
            stopping_s,
            exited_s,
            stopped_s,
            failed_s: life.failure.map(|(at, _)| at.into()),
            failure: life.failure.map(|(_, failure)| failure_name(failure).to_owned()),
        }
    }
}
