//! Between RGB and BT.709 limited-range YUV 4:2:0, in integers: the same on every machine.

/// Luma weights of BT.709, times 65,536.
const KR: i32 = 13_933;
const KG: i32 = 46_871;
const KB: i32 = 4_732;

/// One colour as Y, Cb, Cr.
pub(crate) fn from_rgb([r, g, b]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [i32::from(r), i32::from(g), i32::from(b)];
    let luma = KR * r + KG * g + KB * b; // 0 to 255, times 65,536
    let y = 16 + ((i64::from(luma) * 219 / 255 + (1 << 15)) >> 16) as i32;
    // (B − Y) / 1.8556 and (R − Y) / 1.5748, of which 224 steps fill the range.
    let chroma = |part: i32, scale: i64| {
        let difference = i64::from((part << 16) - luma);
        128 + ((difference * 224 * 10_000 / (255 * scale) + (1 << 15)) >> 16) as i32
    };
    [clamp(y), clamp(chroma(b, 18_556)), clamp(chroma(r, 15_748))]
}

fn clamp(v: i32) -> u8 {
    v.clamp(0, 255) as u8
}

/// Converts packed RGBA (opaque) to a planar frame. Chroma is the mean of its four pixels.
pub(crate) fn frame_from_rgba(rgba: &[u8], width: usize, height: usize) -> Vec<u8> {
    let pixels: Vec<[u8; 3]> = rgba.chunks_exact(4).map(|p| from_rgb([p[0], p[1], p[2]])).collect();
    let mut frame: Vec<u8> = pixels.iter().map(|p| p[0]).collect();
    let mean = |x: usize, y: usize, plane: usize| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| u16::from(pixels[(y + dy) * width + x + dx][plane]));
        ((four.iter().sum::<u16>() + 2) / 4) as u8
    };
    for plane in [1, 2] {
        for y in (0..height).step_by(2) {
            frame.extend((0..width).step_by(2).map(|x| mean(x, y, plane)));
        }
    }
    frame
}

/// Converts a planar frame to packed RGB.
pub(crate) fn frame_to_rgb(frame: &[u8], width: usize, height: usize) -> Vec<u8> {
    let (luma, chroma) = frame.split_at(width * height);
    let (cb, cr) = chroma.split_at(width * height / 4);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let at = y / 2 * (width / 2) + x / 2;
            rgb.extend(to_rgb([luma[y * width + x], cb[at], cr[at]]));
        }
    }
    rgb
}

fn to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    // Times 65,536: 255/219, and 255/224 times the factors of BT.709.
    let y = 76_309 * (i32::from(y) - 16);
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let round = |v: i32| clamp((v + (1 << 15)) >> 16);
    [round(y + 117_489 * cr), round(y - 13_975 * cb - 34_925 * cr), round(y + 138_438 * cb)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours() {
        assert_eq!(from_rgb([0, 0, 0]), [16, 128, 128]);
        assert_eq!(from_rgb([255, 255, 255]), [235, 128, 128]);
        assert_eq!(from_rgb([255, 0, 0]), [63, 102, 240]);
        assert_eq!(from_rgb([0, 0, 255]), [32, 240, 118]);
    }

    proptest::proptest! {
        #[test]
        fn a_colour_comes_back(rgb: [u8; 3]) {
            let back = to_rgb(from_rgb(rgb));
            for (a, b) in rgb.iter().zip(back) {
                proptest::prop_assert!(a.abs_diff(b) <= 3, "{rgb:?} became {back:?}");
            }
        }
    }
}
