use std::{fs, io, path::Path};

use super::Walked;

/// A drawing that is not what the walk draws.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawingError {
    /// The file cannot be read or written.
    #[error("the drawing's file: {0}")]
    File(#[from] io::Error),
}

impl Walked {
    /// x
    ///
    /// # Errors
    /// x
    pub fn check_drawing(&self, _file: &Path) -> Result<(), DrawingError> {
        let _ = fs::read_to_string("x")?;
        Ok(())
    }
}
