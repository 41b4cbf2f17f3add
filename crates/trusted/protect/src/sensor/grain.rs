//! Takes the faintest grain out of a plane: what differs from its surroundings by less than a sensor's pattern does.

/// Levels of 255 by which every detail is weakened; a fainter one is gone. Sensors' patterns are about one level strong.
const CORE: i16 = 3;

/// Weakens a plane in place; its border of one pixel stays. `before` is room that is used again.
pub(super) fn weaken(plane: &mut [u8], width: usize, height: usize, before: &mut Vec<u8>) {
    before.clear();
    before.extend_from_slice(plane);
    let mut sums = vec![0_i16; width];
    for y in 1..height.saturating_sub(1) {
        let row = |y: usize| &before[y * width..(y + 1) * width];
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        for (((sum, a), b), c) in sums.iter_mut().zip(above).zip(here).zip(below) {
            *sum = i16::from(*a).wrapping_add(i16::from(*b).wrapping_mul(2)).wrapping_add(i16::from(*c));
        }
        let out = &mut plane[y * width + 1..(y + 1) * width - 1];
        let (left, middle, right) = (&sums[..width - 2], &sums[1..width - 1], &sums[2..]);
        for ((((out, here), l), m), r) in out.iter_mut().zip(&here[1..]).zip(left).zip(middle).zip(right) {
            // Weights 1 2 1 in both directions: at most 16 x 255.
            let around = l.wrapping_add(m.wrapping_mul(2)).wrapping_add(*r).wrapping_add(8) >> 4;
            let detail = i16::from(*here).wrapping_sub(around);
            *out = around.wrapping_add(detail.wrapping_sub(detail.clamp(-CORE, CORE))) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faint_grain_goes_and_edges_stay() {
        let (width, height) = (64, 16);
        let scene = |x: usize| if x < 32 { 60 } else { 160 };
        let mut plane: Vec<u8> = (0..width * height).map(|i| scene(i % width) + ((i * 7 + i / 5) % 3) as u8).collect();
        let before = plane.clone();
        weaken(&mut plane, width, height, &mut Vec::new());
        let rough = |plane: &[u8]| -> u32 {
            let inner = (2..height - 2).flat_map(|y| plane[y * width + 4..y * width + 28].windows(2));
            inner.map(|w| u32::from(w[0].abs_diff(w[1]))).sum()
        };
        assert!(rough(&plane) * 3 < rough(&before), "{} of {}", rough(&plane), rough(&before));
        let edge = |plane: &[u8]| plane[8 * width + 32].abs_diff(plane[8 * width + 31]);
        assert!(edge(&plane) > 85, "{}", edge(&plane));
    }
}
