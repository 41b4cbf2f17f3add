//! Smaller copies of posters and stills, in pure Rust: the press starts no program.
//!
//! Refuses: enlarging, and anything but baseline or progressive JPEG that our own encoders wrote.

use jpeg_decoder::{Decoder, PixelFormat};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Quality of pages' pictures; at 640 pixels a poster takes about 35 kB.
const QUALITY: u8 = 70;
/// Quality below which a picture is not worth its bytes.
const POOREST: u8 = 28;
/// Largest picture that is read: a wall of 4096 × 4096.
const LARGEST: usize = 4096;

/// A decoded picture, 8-bit RGB.
struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// A JPEG no wider than `width`, pixels.
///
/// # Errors
/// A sentence on what is wrong with the picture.
pub(crate) fn narrowed(jpeg: &[u8], width: u16) -> Result<Vec<u8>, String> {
    encode(&narrow(&decode(jpeg)?, width), QUALITY)
}

/// A JPEG no wider than `width`, pixels, of the best quality that fits into `bytes`; the poorest one where none does.
///
/// # Errors
/// A sentence on what is wrong with the picture.
pub(crate) fn within(jpeg: &[u8], width: u16, bytes: usize) -> Result<Vec<u8>, String> {
    let picture = narrow(&decode(jpeg)?, width);
    let mut best = encode(&picture, POOREST)?;
    for quality in (POOREST + 6..=QUALITY).step_by(6) {
        let better = encode(&picture, quality)?;
        if better.len() > bytes {
            break;
        }
        best = better;
    }
    Ok(best)
}

fn narrow(picture: &Picture, width: u16) -> Picture {
    let width = usize::from(width).min(picture.width);
    let height = (picture.height * width + picture.width / 2) / picture.width;
    shrink(picture, width, height.max(1))
}

fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, String> {
    let side = |n: usize| u16::try_from(n).map_err(|_| "picture larger than 65,535 pixels".to_owned());
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    encoder.encode(&picture.rgb, width, height, ColorType::Rgb).map_err(|e| e.to_string())?;
    Ok(out)
}

/// Width and height in pixels, read from the header.
///
/// # Errors
/// A sentence on what is wrong with the picture.
pub(crate) fn size(jpeg: &[u8]) -> Result<(usize, usize), String> {
    let mut decoder = Decoder::new(jpeg);
    decoder.read_info().map_err(|e| e.to_string())?;
    let info = decoder.info().ok_or("a JPEG without dimensions")?;
    Ok((usize::from(info.width), usize::from(info.height)))
}

fn decode(jpeg: &[u8]) -> Result<Picture, String> {
    let (width, height) = size(jpeg)?;
    if width == 0 || height == 0 || width > LARGEST || height > LARGEST {
        return Err(format!("a picture of {width} × {height} pixels"));
    }
    let mut decoder = Decoder::new(jpeg);
    let rgb = decoder.decode().map_err(|e| e.to_string())?;
    let is_rgb = decoder.info().is_some_and(|info| info.pixel_format == PixelFormat::RGB24);
    if !is_rgb || rgb.len() != width * height * 3 {
        return Err("a JPEG cut short, or not in colour".into());
    }
    Ok(Picture { width, height, rgb })
}

/// Averages over the source pixels each target pixel covers, weighted by how much of them it covers, first along rows and
/// then along columns. Sharp enough below half size, and free of moiré.
fn shrink(from: &Picture, width: usize, height: usize) -> Picture {
    let columns = spans(from.width, width);
    let mut rows = vec![0f32; width * from.height * 3];
    for (line, out) in from.rgb.chunks_exact(from.width * 3).zip(rows.chunks_exact_mut(width * 3)) {
        for (span, pixel) in columns.iter().zip(out.chunks_exact_mut(3)) {
            for (i, weight) in span.weights.iter().enumerate() {
                let at = (span.first + i) * 3;
                for channel in 0..3 {
                    pixel[channel] += f32::from(line[at + channel]) * weight;
                }
            }
        }
    }
    let mut rgb = Vec::with_capacity(width * height * 3);
    for span in spans(from.height, height) {
        for x in 0..width * 3 {
            let at = |i: usize| rows[(span.first + i) * width * 3 + x];
            let sum: f32 = span.weights.iter().enumerate().map(|(i, w)| at(i) * w).sum();
            rgb.push(sum.round().clamp(0.0, 255.0) as u8);
        }
    }
    Picture { width, height, rgb }
}

/// Source pixels under one target pixel, with weights that sum to one.
struct Span {
    first: usize,
    weights: Vec<f32>,
}

fn spans(from: usize, to: usize) -> Vec<Span> {
    let scale = from as f32 / to as f32;
    let span = |i: usize| {
        let (start, end) = (i as f32 * scale, (i as f32 + 1.0) * scale);
        let first = (start as usize).min(from - 1);
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let cover = |p: usize| (end.min(p as f32 + 1.0) - start.max(p as f32)).max(0.0);
        let sum: f32 = (first..last).map(cover).sum();
        Span { first, weights: (first..last).map(|p| cover(p) / sum.max(f32::EPSILON)).collect() }
    };
    (0..to).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u16, height: u16, pixel: impl Fn(u16, u16) -> [u8; 3]) -> Vec<u8> {
        let rgb: Vec<u8> =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
        let mut out = Vec::new();
        Encoder::new(&mut out, 95).encode(&rgb, width, height, ColorType::Rgb).unwrap();
        out
    }

    #[test]
    fn a_poster_becomes_narrow_and_keeps_its_colours_and_shape() {
        let poster = jpeg(1280, 720, |x, _| if x < 640 { [200, 40, 40] } else { [40, 40, 200] });
        let small = narrowed(&poster, 320).unwrap();
        assert_eq!(size(&small).unwrap(), (320, 180));
        let picture = decode(&small).unwrap();
        let at = |x: usize| &picture.rgb[(90 * 320 + x) * 3..][..3];
        for (x, want) in [(80, [200, 40, 40]), (240, [40, 40, 200])] {
            assert!(at(x).iter().zip(want).all(|(a, b)| a.abs_diff(b) < 12), "{:?}", at(x));
        }
    }

    /// Posters come with halved colour and a scan for each channel, which some decoders read as green.
    #[test]
    fn a_poster_with_separate_scans_keeps_its_colours() {
        let rgb = [200, 40, 40].repeat(64 * 64);
        let mut poster = Vec::new();
        let mut encoder = Encoder::new(&mut poster, 84);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.set_optimized_huffman_tables(true);
        encoder.encode(&rgb, 64, 64, ColorType::Rgb).unwrap();
        let picture = decode(&narrowed(&poster, 32).unwrap()).unwrap();
        assert!(picture.rgb[..3].iter().zip([200, 40, 40]).all(|(a, b)| a.abs_diff(b) < 12), "{:?}", &picture.rgb[..3]);
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        assert_eq!(size(&narrowed(&jpeg(33, 17, |_, _| [9, 9, 9]), 320).unwrap()).unwrap(), (33, 17));
    }

    #[test]
    fn what_is_not_a_picture_is_an_error() {
        assert!(narrowed(b"\xff\xd8\xff\xe0nonsense", 320).is_err());
        assert!(size(b"").is_err());
    }
}
