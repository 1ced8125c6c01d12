//! Reservation of a task, as far as it is billed: by its own size, whatever others of its service have.

use crate::facts::CapacityKind;

/// A part of a task's size that is priced by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskPart {
    /// CPU, counted in CPU units.
    Vcpu,
    /// Memory, counted in MiB.
    Memory,
    /// Ephemeral storage above the 20 GB that are included, counted in GB.
    ExtraEphemeralStorage,
}

impl TaskPart {
    /// Parts for one priced unit: 1024 CPU units are a vCPU, 1024 MiB a GB.
    #[must_use]
    pub const fn per_unit(self) -> u32 {
        match self {
            Self::Vcpu | Self::Memory => 1024,
            Self::ExtraEphemeralStorage => 1,
        }
    }

    /// Whether no task is without it.
    #[must_use]
    pub const fn is_of_every_task(self) -> bool {
        matches!(self, Self::Vcpu | Self::Memory)
    }
}

/// Resources that a task reserves from the start of its bill to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskResources {
    /// Kind of capacity on which the task runs.
    pub capacity: CapacityKind,
    /// CPU \[CPU units\]; 1024 are a vCPU.
    pub cpu_units: u32,
    /// Memory \[MiB\].
    pub memory_mib: u32,
    /// Ephemeral storage above the 20 GB that are included \[GB\].
    pub extra_ephemeral_gb: u32,
    /// Public IPv4 addresses of its own.
    pub public_ipv4: u32,
}

impl TaskResources {
    /// Amount of one part of the task's size, in the unit in which [`TaskPart`] counts it.
    #[must_use]
    pub const fn part(&self, part: TaskPart) -> u32 {
        match part {
            TaskPart::Vcpu => self.cpu_units,
            TaskPart::Memory => self.memory_mib,
            TaskPart::ExtraEphemeralStorage => self.extra_ephemeral_gb,
        }
    }
}
