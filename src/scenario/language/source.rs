//! Texts to be read, and the way to the files beside them. The disk is reached only through [`Files`].

/// A text to be read, with the name that diagnostics print.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as the user gave it, or `<built-in flash-sale>`.
    pub name: String,
    /// The text; not yet known to be valid TOML.
    pub text: String,
}

/// The only way from a scenario to files beside it (traces, samples, price books).
pub trait Files {
    /// Opens the file that the scenario names `path`, relative to the scenario's own folder.
    ///
    /// # Errors
    /// The reason in words ("no such file", "permission denied").
    fn open(&mut self, path: &str) -> Result<Box<dyn std::io::Read>, String>;
}
