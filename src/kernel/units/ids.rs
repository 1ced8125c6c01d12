//! Ids: indexes with a type, so that a task is never mistaken for a policy.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id as an index into the `Vec` that holds what it names.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A service of the plan, in the order of the plan.
    ServiceId
);
id!(
    /// A task of one service, numbered from 0 in the order in which the scheduler asked for them.
    TaskId
);
id!(
    /// A revision of the task definition of one service, in order; 0 is the first.
    RevisionId
);
id!(
    /// A scaling policy of one service, in the order of the plan.
    PolicyId
);
id!(
    /// An alarm of one service, in the order of the plan.
    AlarmId
);
