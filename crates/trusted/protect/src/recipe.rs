//! Names of artefacts: a hash of everything that decides their bytes.

use hamseda_cage::{CageError, tool_version};
use hamseda_core::ArtefactId;
use hamseda_vault::ArtefactKind;
use sha2::{Digest as _, Sha256};

use crate::treatment::{PictureTreatment, Treatment, VoiceTreatment};

/// Number of the way masters, tiles and posters are made. Raise it when their bytes change for the same source.
pub const TEMPLATE: u32 = 2;

/// Protected masters.
pub const MASTER: ArtefactKind = ArtefactKind::new("master", "mp4");
/// Tile files.
pub const TILES: ArtefactKind = ArtefactKind::new("tiles", "bin");
/// Posters.
pub const POSTER: ArtefactKind = ArtefactKind::new("poster", "jpg");

/// What preparing found, kept beside the others so that a crash after them costs nothing.
pub(crate) const REPORT: ArtefactKind = ArtefactKind::new("report", "json");

/// Everything that decides the bytes of a message's artefacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    encoder: String,
    treatment: String,
    source: Vec<u8>,
}

impl Recipe {
    /// For a message: `source` is the hash of its sealed file.
    ///
    /// # Errors
    /// No ffmpeg on this machine.
    pub fn message(source: &[u8; 32], treatment: Treatment) -> Result<Self, CageError> {
        let voice = match treatment.voice {
            VoiceTreatment::Altered => format!("{} {}", treatment.voice.as_str(), hamseda_voice::VERSION),
            other => other.as_str().to_owned(),
        };
        let picture = match treatment.picture {
            PictureTreatment::Masked => format!("{} {}", treatment.picture.as_str(), hamseda_faces::VERSION),
            other => other.as_str().to_owned(),
        };
        let treatment = format!("{picture} {voice}");
        Ok(Self { encoder: tool_version()?, treatment, source: source.to_vec() })
    }

    /// For a supporter's clip or picture.
    ///
    /// # Errors
    /// No ffmpeg on this machine.
    pub fn supporter(file: &[u8]) -> Result<Self, CageError> {
        let source = Sha256::digest(file).to_vec();
        Ok(Self { encoder: tool_version()?, treatment: "supporter".into(), source })
    }

    /// The artefact of one kind.
    #[must_use]
    pub fn artefact(&self, kind: ArtefactKind) -> ArtefactId {
        let mut hash = Sha256::new();
        hash.update(b"hamseda artefact 1");
        for part in [kind.name().as_bytes(), self.treatment.as_bytes(), self.encoder.as_bytes(), &self.source] {
            // Lengths first: no two lists of parts give the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(TEMPLATE.to_be_bytes());
        ArtefactId::from_bytes(hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_name() {
        let recipe = |encoder: &str, treatment: &str, source: &[u8]| Recipe {
            encoder: encoder.into(),
            treatment: treatment.into(),
            source: source.into(),
        };
        let base = recipe("5.1", "as-filmed as-recorded", b"a");
        let others = [
            recipe("5.2", "as-filmed as-recorded", b"a").artefact(MASTER),
            recipe("5.1", "card silent", b"a").artefact(MASTER),
            recipe("5.1", "as-filmed as-recorded", b"b").artefact(MASTER),
            base.artefact(TILES),
            base.artefact(POSTER),
        ];
        assert!(!others.contains(&base.artefact(MASTER)));
    }
}
