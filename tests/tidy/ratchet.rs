//! What the rules of [`super::circles`] still allow. Lines go and none comes; a rule is whole when its list is `&[]`.

/// Circles that are still there, each by its files. A circle is allowed while all its files stand in one line.
pub(super) const CIRCLES: &[&[&str]] = &[];

/// Faces that still own something.
pub(super) const OWNING_INDICES: &[&str] = &[];

/// Examples of `docs/extending.md` that need more files than their limit.
pub(super) const ABOVE_LIMIT: usize = 9;
