//! Drawing a picture into an area of another one, at any size: the inner loop of the wall.

use std::borrow::Cow;

use crate::picture::{Frame, Picture, bytes_of};
use crate::wall::layout::Area;

/// Draws the part `crop` of `source` into `area` of `target`, bilinearly. What lies outside `target` is left out.
///
/// `soft` edges cover their pixels in part, so that a large tile glides; hard ones meet their neighbours without a seam,
/// which small tiles need. For sizes below half of the source's, take a smaller source ([`near`]).
pub(crate) fn draw(target: &mut Picture, area: Area, source: Frame, crop: Area, soft: bool) {
    let (width, height) = (target.width, target.height);
    for (i, (to, from)) in target.planes_mut().into_iter().zip(source.planes()).enumerate() {
        let (scale, half) = if i == 0 { (1.0, 0) } else { (0.5, 1) };
        let (area, crop) = (area.scaled(scale), crop.scaled(scale));
        let columns = Taps::new(area.x, area.w, width >> half, crop.x, crop.w, source.width >> half, soft);
        let rows = Taps::new(area.y, area.h, height >> half, crop.y, crop.h, source.height >> half, soft);
        plane(to, width >> half, from, source.width >> half, &columns, &rows);
    }
}

/// A place between two samples.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    second: usize,
    /// Share of the second, 0 to 255.
    share: u32,
    /// How much of the target's pixel is covered, 0 to 256.
    cover: u32,
}

/// Taps of a row or a column of target pixels, the first of them at `start`.
struct Taps {
    start: usize,
    taps: Vec<Tap>,
}

impl Taps {
    fn new(from: f32, length: f32, limit: usize, crop: f32, crop_length: f32, source: usize, soft: bool) -> Self {
        if length <= 0.0 || source == 0 {
            return Self { start: 0, taps: Vec::new() };
        }
        let edge = |at: f32| if soft { at.floor() } else { (at - 0.5).ceil() }.max(0.0) as usize;
        let start = edge(from).min(limit);
        let end = if soft { (from + length).ceil().max(0.0) as usize } else { edge(from + length) }.min(limit);
        let tap = |at: usize| {
            let middle = at as f32 + 0.5;
            let place = crop + (middle - from) / length * crop_length - 0.5;
            let place = place.clamp(0.0, (source - 1) as f32);
            let first = place as usize;
            let inside = (middle + 0.5).min(from + length) - (middle - 0.5).max(from);
            Tap {
                first,
                second: (first + 1).min(source - 1),
                share: ((place - first as f32) * 256.0) as u32,
                cover: if soft { (inside.clamp(0.0, 1.0) * 256.0) as u32 } else { 256 },
            }
        };
        Self { start, taps: (start..end.max(start)).map(tap).collect() }
    }
}

fn plane(to: &mut [u8], width: usize, from: &[u8], stride: usize, columns: &Taps, rows: &Taps) {
    for (y, row) in rows.taps.iter().enumerate() {
        let above = &from[row.first * stride..][..stride];
        let below = &from[row.second * stride..][..stride];
        let start = (rows.start + y) * width + columns.start;
        let line = &mut to[start..start + columns.taps.len()];
        for (pixel, column) in line.iter_mut().zip(&columns.taps) {
            let mix = |line: &[u8]| {
                u32::from(line[column.first]) * (256 - column.share) + u32::from(line[column.second]) * column.share
            };
            let value = (mix(above) * (256 - row.share) + mix(below) * row.share + (1 << 15)) >> 16;
            let cover = (row.cover * column.cover) >> 8;
            *pixel = ((u32::from(*pixel) * (256 - cover) + value * cover + 128) >> 8) as u8;
        }
    }
}

/// Half the size in both directions, by averaging. Odd edges are dropped so that sides stay even.
pub(crate) fn halved(source: Frame) -> Picture {
    let (width, height) = (source.width / 4 * 2, source.height / 4 * 2);
    let mut out = Picture { width, height, data: vec![0; bytes_of(width, height)] };
    for (i, (to, from)) in out.planes_mut().into_iter().zip(source.planes()).enumerate() {
        let half = usize::from(i > 0);
        let (width, stride) = (width >> half, source.width >> half);
        for (y, line) in to.chunks_exact_mut(width.max(1)).enumerate() {
            let (above, below) = (&from[2 * y * stride..], &from[(2 * y + 1) * stride..]);
            for (x, pixel) in line.iter_mut().enumerate() {
                let four = [above[2 * x], above[2 * x + 1], below[2 * x], below[2 * x + 1]].map(u16::from);
                *pixel = ((four.iter().sum::<u16>() + 2) / 4) as u8;
            }
        }
    }
    out
}

/// A source about as large as `crop` of it will be drawn: halved while that is at least twice `width`.
pub(crate) fn near(source: &Picture, crop: Area, width: f32) -> (Cow<'_, Picture>, Area) {
    let (mut picture, mut crop) = (Cow::Borrowed(source), crop);
    while crop.w > width * 2.0 && picture.width >= 8 && picture.height >= 8 {
        picture = Cow::Owned(halved(picture.frame()));
        crop = crop.scaled(0.5);
    }
    (picture, crop)
}

/// The part `crop` of `source` as a picture of its own, of `width` × `height` (even).
pub(crate) fn cut(source: &Picture, crop: Area, width: usize, height: usize) -> Picture {
    let (picture, crop) = near(source, crop, width as f32);
    let mut out = Picture { width, height, data: vec![0; bytes_of(width, height)] };
    draw(&mut out, Area { x: 0.0, y: 0.0, w: width as f32, h: height as f32 }, picture.frame(), crop, false);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Rgb;

    fn whole(p: &Picture) -> Area {
        Area { x: 0.0, y: 0.0, w: p.width as f32, h: p.height as f32 }
    }

    #[test]
    fn the_same_size_is_a_copy() {
        let mut source = Picture::filled(16, 8, Rgb(0, 0, 0));
        source.data.iter_mut().enumerate().for_each(|(i, p)| *p = (i * 7 % 251) as u8);
        for soft in [false, true] {
            let mut target = Picture::filled(16, 8, Rgb(255, 255, 255));
            draw(&mut target, whole(&source), source.frame(), whole(&source), soft);
            assert_eq!(target, source);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_area_is_drawn_without_leaving_the_target(x in -80f32..80.0, y in -80f32..80.0, w in 0.1f32..200.0, h in 0.1f32..200.0, soft: bool) {
            let source = Picture::filled(20, 20, Rgb(200, 30, 60));
            let mut target = Picture::filled(64, 32, Rgb(200, 30, 60));
            let before = target.clone();
            draw(&mut target, Area { x, y, w, h }, source.frame(), whole(&source), soft);
            // The same colour everywhere: drawing it changes nothing, wherever it lands.
            proptest::prop_assert_eq!(target, before);
        }

        #[test]
        fn hard_neighbours_leave_no_gap(split in 1.0f32..63.0) {
            let source = Picture::filled(8, 8, Rgb(255, 255, 255));
            let mut target = Picture::filled(64, 32, Rgb(0, 0, 0));
            draw(&mut target, Area { x: 0.0, y: 0.0, w: split, h: 32.0 }, source.frame(), whole(&source), false);
            draw(&mut target, Area { x: split, y: 0.0, w: 64.0 - split, h: 32.0 }, source.frame(), whole(&source), false);
            proptest::prop_assert!(target.planes()[0].iter().all(|&p| p == 235));
        }
    }

    #[test]
    fn soft_edges_cover_in_part() {
        let source = Picture::filled(8, 8, Rgb(255, 255, 255));
        let mut target = Picture::filled(16, 8, Rgb(0, 0, 0));
        draw(&mut target, Area { x: 2.5, y: 0.0, w: 8.0, h: 8.0 }, source.frame(), whole(&source), true);
        let line = &target.planes()[0][..16];
        assert_eq!((line[1], line[3], line[11]), (16, 235, 16));
        assert!(line[2].abs_diff(126) <= 1 && line[10].abs_diff(126) <= 1, "{line:?}");
    }

    #[test]
    fn halving_keeps_the_mean() {
        let source = Picture::filled(32, 16, Rgb(90, 120, 30));
        assert_eq!(halved(source.frame()), Picture::filled(16, 8, Rgb(90, 120, 30)));
        assert_eq!(cut(&source, whole(&source), 6, 4), Picture::filled(6, 4, Rgb(90, 120, 30)));
    }
}
