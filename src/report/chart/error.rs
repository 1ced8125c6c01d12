//! Reason why a picture could not be drawn.

use thiserror::Error;

/// Reason why a picture could not be drawn.
#[derive(Debug, Error)]
pub enum ChartError {
    /// The embedded font was not accepted.
    #[error("the embedded font cannot be read")]
    Font,
    /// The drawing library refused.
    #[error("cannot draw the chart: {0}")]
    Draw(String),
    /// The picture could not be compressed.
    #[error("cannot encode the chart: {0}")]
    Encode(#[from] std::io::Error),
}
