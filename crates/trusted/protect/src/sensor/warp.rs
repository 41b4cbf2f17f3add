//! Moves pixels by fractions, in two passes: along rows, then along columns.
//!
//! Eight pixels at a time, each from three neighbours: within eight pixels the warp moves by less than one, so three reach.
//! Sixteen-bit integers, which every processor mixes eight or sixteen at a time, and which give the same bytes on all of them.

/// Pixels that are done together.
pub(super) const CHUNK: usize = 8;
/// One pixel, in the units in which distances are given.
pub(super) const ONE: i32 = 1 << BITS;
const BITS: u32 = 7;

/// Warps along rows: `field` gives, for a row, how far each chunk's first pixel is taken from (and one more at the end).
pub(super) fn sideways(from: &[u8], to: &mut [u8], width: usize, mut field: impl FnMut(usize, &mut Vec<i32>)) {
    let last = (width - CHUNK - 2) as i32;
    let mut moves = Vec::new();
    for (y, (from, to)) in from.chunks_exact(width).zip(to.chunks_exact_mut(width)).enumerate() {
        field(y, &mut moves);
        for (i, to) in to.chunks_mut(CHUNK).enumerate() {
            let (tap, start, step) = taps(moves[i], moves[i + 1]);
            let x = ((i * CHUNK) as i32 + tap).clamp(0, last) as usize;
            let source = &from[x..x + CHUNK + 2];
            mix([&source[..CHUNK], &source[1..=CHUNK], &source[2..]], start, step, to);
        }
    }
}

/// Warps along columns.
pub(super) fn upright(
    from: &[u8],
    to: &mut [u8],
    width: usize,
    height: usize,
    mut field: impl FnMut(usize, &mut Vec<i32>),
) {
    let last = height as i32 - 3;
    let mut moves = Vec::new();
    for (y, to) in to.chunks_exact_mut(width).enumerate() {
        field(y, &mut moves);
        for (i, to) in to.chunks_mut(CHUNK).enumerate() {
            let (tap, start, step) = taps(moves[i], moves[i + 1]);
            let row = (y as i32 + tap).clamp(0, last) as usize;
            let at = row * width + i * CHUNK;
            let tap = |n: usize| &from[at + n * width..at + n * width + to.len()];
            mix([tap(0), tap(1), tap(2)], start, step, to);
        }
    }
}

/// The first of three neighbours, where between them the first pixel lies, and how much further each next one.
fn taps(first: i32, next: i32) -> (i32, i16, i16) {
    let tap = first.min(next) >> BITS;
    ((tap), (first - (tap << BITS)) as i16, (next - first) as i16)
}

/// Mixes three rows of neighbours; `start` and `step` (over the whole chunk) say where each pixel lies between them.
#[inline(always)]
fn mix(taps: [&[u8]; 3], start: i16, step: i16, to: &mut [u8]) {
    const FULL: i16 = ONE as i16;
    let [a, b, c] = taps;
    if let (Ok(a), Ok(b), Ok(c), Ok(to)) = (
        <&[u8; CHUNK]>::try_from(a),
        <&[u8; CHUNK]>::try_from(b),
        <&[u8; CHUNK]>::try_from(c),
        <&mut [u8; CHUNK]>::try_from(to),
    ) {
        // All of it fits sixteen bits: distances are below 2 x 128, and weights sum to 128.
        for j in 0..CHUNK {
            let at = start.wrapping_add(step.wrapping_mul(j as i16) >> 3);
            let near = FULL.wrapping_sub(at).max(0);
            let far = at.wrapping_sub(FULL).max(0);
            let middle = FULL.wrapping_sub(near).wrapping_sub(far);
            let sum = i16::from(a[j]).wrapping_mul(near);
            let sum = sum.wrapping_add(i16::from(b[j]).wrapping_mul(middle));
            let sum = sum.wrapping_add(i16::from(c[j]).wrapping_mul(far));
            to[j] = (sum.wrapping_add(FULL / 2) >> BITS) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ramp, so that a pixel's value tells where it came from.
    fn ramp(width: usize, height: usize, along: bool) -> Vec<u8> {
        (0..width * height).map(|i| if along { i % width * 2 } else { i / width * 2 } as u8).collect()
    }

    #[test]
    fn pixels_come_from_where_the_field_says() {
        let (width, height) = (96, 96);
        for distance in [-700, -128, -3, 0, 1, 64, 200, 500] {
            let constant = |_: usize, row: &mut Vec<i32>| {
                row.clear();
                row.extend([distance; 13]);
            };
            let mut out = vec![0; width * height];
            let shift = f64::from(distance) / 64.0;
            sideways(&ramp(width, height, true), &mut out, width, constant);
            for x in 16..80 {
                let error = f64::from(out[5 * width + x]) - (x as f64 * 2.0 + shift);
                assert!(error.abs() <= 0.51, "{x} by {distance}: {error}");
            }
            upright(&ramp(width, height, false), &mut out, width, height, constant);
            for y in 16..80 {
                let error = f64::from(out[y * width + 5]) - (y as f64 * 2.0 + shift);
                assert!(error.abs() <= 0.51, "{y} by {distance}: {error}");
            }
        }
    }

    #[test]
    fn a_stretch_has_no_steps() {
        let width = 96;
        let stretch = |_: usize, row: &mut Vec<i32>| {
            row.clear();
            row.extend((0..13).map(|i| i * -100 + 300));
        };
        let mut out = vec![0; width];
        sideways(&ramp(width, 1, true), &mut out, width, stretch);
        for (x, value) in out.iter().enumerate().take(88).skip(8) {
            let distance = 300.0 - x as f64 / 8.0 * 100.0;
            let error = f64::from(*value) - (x as f64 * 2.0 + distance / 64.0);
            assert!(error.abs() <= 0.6, "{x}: {error}");
        }
    }
}
