//! What the rules of [`super::circles`] still allow. Lines go and none comes; a rule is whole when its list is `&[]`.

/// Circles that are still there, each by its files. A circle is allowed while all its files stand in one line.
pub(super) const CIRCLES: &[&[&str]] = &[
    &["src/kernel/billing/invoice.rs", "src/kernel/billing/meter.rs", "src/kernel/billing/tariff.rs"],
    &["src/kernel/platform/faults.rs", "src/kernel/platform/replacement.rs", "src/kernel/platform/state.rs"],
    &[
        "src/kernel/simulation/clock.rs",
        "src/kernel/simulation/run.rs",
        "src/kernel/simulation/service_state.rs",
    ],
    &["src/record/recorder.rs", "src/record/service.rs"],
];

/// Faces that still own something.
pub(super) const OWNING_FACES: &[&str] =
    &["src/kernel/traffic.rs", "src/kernel/units.rs", "src/record/minute.rs"];
