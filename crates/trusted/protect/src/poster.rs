//! Still pictures as JPEG, without EXIF or comment.

use hamseda_core::lattice::{HEIGHT, WIDTH};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::error::PrepareError;
use crate::yuv;

/// Posters are seen for a moment, portraits are small.
const QUALITY: u8 = 84;

/// A frame of a master.
pub(crate) fn poster(frame: &[u8]) -> Result<Vec<u8>, PrepareError> {
    jpeg(frame, WIDTH as u16, HEIGHT as u16)
}

/// A planar frame of any even size.
pub(crate) fn jpeg(frame: &[u8], width: u16, height: u16) -> Result<Vec<u8>, PrepareError> {
    let rgb = yuv::frame_to_rgb(frame, usize::from(width), usize::from(height));
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(&rgb, width, height, ColorType::Rgb).map_err(|e| PrepareError::Library(e.to_string()))?;
    Ok(out)
}
