//! A supporter's portrait: decoded in the cage, cut to a square, encoded anew.

use hamseda_cage::{Cage, CageError, DecodeSpec, Fit, Media, PictureOut};
use hamseda_core::Limits;

use crate::error::PrepareError;
use crate::poster::jpeg;

/// Side of a portrait, pixels.
pub const PORTRAIT_SIDE: u16 = 320;

/// Makes a portrait, 320 x 320, JPEG, of a picture (JPEG, PNG or WebP).
///
/// # Errors
/// A file that is no such picture, or a machine that fails.
pub fn portrait(cage: &Cage, picture: &[u8], limits: &Limits) -> Result<Vec<u8>, PrepareError> {
    let media = Media::new(picture).map_err(CageError::from)?;
    let probe = cage.probe(&media, limits)?;
    if !probe.container.is_still() {
        return Err(PrepareError::PictureCodec);
    }
    let stream = probe.picture().cloned().ok_or(PrepareError::PictureCodec)?;
    let side = u32::from(PORTRAIT_SIDE);
    let wanted = PictureOut { stream, width: side, height: side, fit: Fit::Cover, max_frames: 1 };
    let mut decode = cage.decode(&media, &DecodeSpec { picture: Some(wanted), sound: None })?;
    let mut frame = Vec::new();
    if !decode.next_frame(&mut frame)? {
        decode.finish()?;
        return Err(PrepareError::NothingDecoded);
    }
    jpeg(&frame, PORTRAIT_SIDE, PORTRAIT_SIDE)
}
