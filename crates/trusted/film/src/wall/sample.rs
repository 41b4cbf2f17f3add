//! Drawing a picture into an area of another one, at any size: the inner loop of the wall.

use crate::picture::Picture;
use crate::wall::layout::Area;

/// Draws the part `crop` of `source` into `area` of `target`, bilinearly. What lies outside `target` is left out.
///
/// Meant for sizes from half of the source's upwards; smaller ones need a smaller source (see [`halved`]).
pub(crate) fn draw(target: &mut Picture, area: Area, source: &Picture, crop: Area) {
    let sizes = [(target.width, target.height, source.width, source.height)];
    let (tw, th, sw, sh) = sizes[0];
    for (i, (to, from)) in target.planes_mut().into_iter().zip(source.planes()).enumerate() {
        let scale = if i == 0 { 1.0 } else { 0.5 };
        let half = usize::from(i > 0);
        let to = Plane { data: to, width: tw >> half, height: th >> half };
        let from = Source { data: from, width: sw >> half, height: sh >> half };
        plane(to, area.scaled(scale), &from, crop.scaled(scale));
    }
}

struct Plane<'a> {
    data: &'a mut [u8],
    width: usize,
    height: usize,
}

struct Source<'a> {
    data: &'a [u8],
    width: usize,
    height: usize,
}

/// A place between two samples: index of the first, and 0 to 255 of the second.
type Tap = (usize, usize, u32);

fn taps(from: f32, length: f32, limit: usize, crop_from: f32, crop_length: f32, source: usize) -> (usize, Vec<Tap>) {
    let first = (from - 0.5).ceil().max(0.0) as usize;
    let last = ((from + length - 0.5).ceil().max(0.0) as usize).min(limit);
    let tap = |at: usize| {
        let place = crop_from + (at as f32 + 0.5 - from) / length * crop_length - 0.5;
        let place = place.clamp(0.0, source.saturating_sub(1) as f32);
        let below = place as usize;
        (below, (below + 1).min(source - 1), ((place - below as f32) * 256.0) as u32)
    };
    (first, (first..last).map(tap).collect())
}

fn plane(to: Plane, area: Area, from: &Source, crop: Area) {
    if area.w <= 0.0 || area.h <= 0.0 || from.width == 0 || from.height == 0 {
        return;
    }
    let (left, columns) = taps(area.x, area.w, to.width, crop.x, crop.w, from.width);
    let (top, rows) = taps(area.y, area.h, to.height, crop.y, crop.h, from.height);
    for (y, &(above, below, down)) in rows.iter().enumerate() {
        let above = &from.data[above * from.width..][..from.width];
        let below = &from.data[below * from.width..][..from.width];
        let start = (top + y) * to.width + left;
        let line = &mut to.data[start..start + columns.len()];
        for (pixel, &(l, r, right)) in line.iter_mut().zip(&columns) {
            let upper = u32::from(above[l]) * (256 - right) + u32::from(above[r]) * right;
            let lower = u32::from(below[l]) * (256 - right) + u32::from(below[r]) * right;
            *pixel = ((upper * (256 - down) + lower * down + (1 << 15)) >> 16) as u8;
        }
    }
}

/// Half the size in both directions, by averaging. Odd edges are dropped so that sides stay even.
pub(crate) fn halved(source: &Picture) -> Picture {
    let (width, height) = (source.width / 4 * 2, source.height / 4 * 2);
    let mut out = Picture { width, height, data: vec![0; crate::picture::bytes_of(width, height)] };
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

/// A source about as large as it will be drawn: halved until it is less than twice `width`.
pub(crate) fn near(source: &Picture, crop: Area, width: f32) -> (std::borrow::Cow<'_, Picture>, Area) {
    let (mut picture, mut crop) = (std::borrow::Cow::Borrowed(source), crop);
    while crop.w > width * 2.0 && picture.width >= 8 && picture.height >= 8 {
        picture = std::borrow::Cow::Owned(halved(&picture));
        crop = crop.scaled(0.5);
    }
    (picture, crop)
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
        let mut target = Picture::filled(16, 8, Rgb(255, 255, 255));
        draw(&mut target, whole(&source), &source, whole(&source));
        assert_eq!(target, source);
    }

    proptest::proptest! {
        #[test]
        fn any_area_is_drawn_without_leaving_the_target(x in -80f32..80.0, y in -80f32..80.0, w in 0.1f32..200.0, h in 0.1f32..200.0) {
            let source = Picture::filled(20, 20, Rgb(200, 30, 60));
            let mut target = Picture::filled(64, 32, Rgb(200, 30, 60));
            let before = target.clone();
            draw(&mut target, Area { x, y, w, h }, &source, whole(&source));
            // The same colour everywhere: drawing it changes nothing, wherever it lands.
            proptest::prop_assert_eq!(target, before);
        }

        #[test]
        fn neighbours_leave_no_gap(split in 1.0f32..63.0) {
            let source = Picture::filled(8, 8, Rgb(255, 255, 255));
            let mut target = Picture::filled(64, 32, Rgb(0, 0, 0));
            draw(&mut target, Area { x: 0.0, y: 0.0, w: split, h: 32.0 }, &source, whole(&source));
            draw(&mut target, Area { x: split, y: 0.0, w: 64.0 - split, h: 32.0 }, &source, whole(&source));
            proptest::prop_assert!(target.planes()[0].iter().all(|&p| p == 235));
        }
    }

    #[test]
    fn halving_keeps_the_mean() {
        let source = Picture::filled(32, 16, Rgb(90, 120, 30));
        let small = halved(&source);
        assert_eq!((small.width, small.height), (16, 8));
        assert_eq!(small, Picture::filled(16, 8, Rgb(90, 120, 30)));
    }
}
