//! HDR pictures as a plain screen shows them: a table from 10-bit codes of BT.2020 (HLG or PQ) to 8-bit codes of BT.709.
//!
//! ffmpeg's filters for this compute every pixel's light in floats and cost four times what encoding the picture does. The
//! same functions are computed here once for a grid of codes; pixels lie between its points. Runs outside the cage, on
//! frames of a size fixed beforehand: there is nothing in them but numbers.

use std::sync::OnceLock;

use crate::probe::Transfer;

/// White of SDR, cd/m2: the white of paper in HDR (ITU-R BT.2408).
const WHITE: f32 = 203.0;
/// Brightest light that is told apart, in whites of SDR: phones film for screens of 1,000 cd/m2.
const PEAK: f32 = 1000.0 / WHITE;
/// Light up to this share of white stays as it is; what is brighter is bent.
const KNEE: f32 = 0.6;

/// Codes between two points of the grid, as a power of two. With 32 instead of 16, dark parts of strong colours are off by
/// more than ten codes.
const LUMA_STEP: u32 = 4;
const CHROMA_STEP: u32 = 4;
/// Points along each side.
const LUMAS: usize = (1024 >> LUMA_STEP) + 1;
const CHROMAS: usize = (1024 >> CHROMA_STEP) + 1;
/// Table values are 8-bit codes times this, as a power of two.
const SCALE: u32 = 6;

/// Scaling makes colours this much stronger than any light.
const NEAR: f32 = 0.2;

/// Y, Cb, Cr at one point of the grid, and nothing: four numbers are added up at once.
type Point = [u16; 4];

/// A table for one transfer function: columns of luma, by Cb and Cr.
#[derive(Debug)]
pub(super) struct Tone {
    columns: Vec<[Point; LUMAS]>,
}

impl Tone {
    /// The table for HDR pictures in BT.2020; made once.
    pub(super) fn of(transfer: Transfer) -> Option<&'static Self> {
        static HLG: OnceLock<Tone> = OnceLock::new();
        static PQ: OnceLock<Tone> = OnceLock::new();
        match transfer {
            Transfer::Sdr => None,
            Transfer::Hlg => Some(HLG.get_or_init(|| Self::new(hlg))),
            Transfer::Pq => Some(PQ.get_or_init(|| Self::new(|rgb| rgb.map(pq)))),
        }
    }

    fn new(light: fn([f32; 3]) -> [f32; 3]) -> Self {
        let code = |index: usize, step: u32| (index << step) as f32;
        let chroma = |index| code(index, CHROMA_STEP);
        let column = |place: usize| {
            let (cb, cr) = (chroma(place / CHROMAS), chroma(place % CHROMAS));
            std::array::from_fn(|y| {
                let coded = rgb([code(y, LUMA_STEP), cb, cr]);
                // Three quarters of all codes are no colour; nothing near them is ever asked for.
                let colour = coded.iter().all(|v| (-NEAR..1.0 + NEAR).contains(v));
                let shown = if colour { shown(light(coded.map(|v| v.clamp(0.0, 1.0)))) } else { [16.0, 128.0, 128.0] };
                let [y, cb, cr] = shown.map(|v| (v * f32::from(1u8 << SCALE)).round() as u16);
                [y, cb, cr, 0]
            })
        };
        Self { columns: (0..CHROMAS * CHROMAS).map(column).collect() }
    }

    /// Turns a planar 4:2:0 frame of 10-bit codes (two bytes each, little end first) into one of 8 bits.
    pub(super) fn apply(&self, deep: &[u8], frame: &mut [u8], (width, height): (usize, usize)) {
        let code = |at: usize| u32::from(u16::from_le_bytes([deep[2 * at], deep[2 * at + 1]])).min(1023);
        let (luma, chroma) = frame.split_at_mut(width * height);
        let (blue, red) = chroma.split_at_mut(width * height / 4);
        let (blue_in, red_in) = (width * height, width * height * 5 / 4);
        for y in 0..height / 2 {
            for x in 0..width / 2 {
                let at = y * (width / 2) + x;
                let mut between = Between::new(&self.columns, code(blue_in + at), code(red_in + at));
                let corner = 2 * y * width + 2 * x;
                let mut sum = 0;
                for pixel in [corner, corner + 1, corner + width, corner + width + 1] {
                    let code = code(pixel);
                    sum += code;
                    luma[pixel] = between.at(code, [0])[0];
                }
                // Colours lie between four pixels, and so does their light.
                [blue[at], red[at]] = between.at(sum / 4, [1, 2]);
            }
        }
    }
}

/// The columns around a pair of chroma codes, and what each counts.
struct Between<'a> {
    columns: [(&'a [Point; LUMAS], u32); 4],
    /// The last place in them that was asked for, mixed: neighbours are alike.
    index: usize,
    mixed: [[u32; 4]; 2],
}

impl<'a> Between<'a> {
    fn new(columns: &'a [[Point; LUMAS]], cb: u32, cr: u32) -> Self {
        let one = 1 << CHROMA_STEP;
        let split = |code: u32| ((code >> CHROMA_STEP) as usize, code & (one - 1));
        let ((b, b_part), (r, r_part)) = (split(cb), split(cr));
        let column = |b: usize, r: usize, weight| (&columns[b * CHROMAS + r], weight);
        let columns = [
            column(b, r, (one - b_part) * (one - r_part)),
            column(b, r + 1, (one - b_part) * r_part),
            column(b + 1, r, b_part * (one - r_part)),
            column(b + 1, r + 1, b_part * r_part),
        ];
        Self { columns, index: LUMAS, mixed: [[0; 4]; 2] }
    }

    fn mix(&self, index: usize) -> [u32; 4] {
        let mut sum = [0; 4];
        for (column, weight) in self.columns {
            for (sum, value) in sum.iter_mut().zip(column[index]) {
                *sum += u32::from(value) * weight;
            }
        }
        sum
    }

    /// Some channels of the result for a luma code.
    fn at<const N: usize>(&mut self, luma: u32, channels: [usize; N]) -> [u8; N] {
        let (index, part) = ((luma >> LUMA_STEP) as usize, luma & ((1 << LUMA_STEP) - 1));
        if index != self.index {
            self.mixed = [self.mix(index), self.mix(index + 1)];
            self.index = index;
        }
        let [low, high] = self.mixed;
        let bits = SCALE + LUMA_STEP + 2 * CHROMA_STEP;
        channels.map(|c| {
            let sum = low[c] * ((1 << LUMA_STEP) - part) + high[c] * part;
            ((sum + (1 << (bits - 1))) >> bits).min(255) as u8
        })
    }
}

/// R'G'B' of 10-bit limited-range codes, BT.2020 non-constant.
fn rgb([y, cb, cr]: [f32; 3]) -> [f32; 3] {
    let (y, cb, cr) = ((y - 64.0) / 876.0, (cb - 512.0) / 896.0, (cr - 512.0) / 896.0);
    let (r, b) = (y + 1.4746 * cr, y + 1.8814 * cb);
    [r, (y - 0.2627 * r - 0.0593 * b) / 0.6780, b]
}

/// Light of PQ (SMPTE ST 2084), in whites of SDR.
fn pq(code: f32) -> f32 {
    let power = code.powf(1.0 / 78.843_75);
    let light = ((power - 0.835_937_5).max(0.0) / (18.851_563 - 18.6875 * power)).powf(1.0 / 0.159_301_76);
    light * 10_000.0 / WHITE
}

/// Light of HLG (ARIB STD-B67) on a screen of 1,000 cd/m2, in whites of SDR. How bright a colour is shown depends on all
/// three of its parts (ITU-R BT.2100, system gamma 1.2).
fn hlg(code: [f32; 3]) -> [f32; 3] {
    let scene = code
        .map(|v| if v <= 0.5 { v * v / 3.0 } else { (((v - 0.559_910_7) / 0.178_832_77).exp() + 0.284_668_92) / 12.0 });
    let luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2];
    scene.map(|v| v * luminance.powf(0.2) * PEAK)
}

/// From linear BT.2020 to linear BT.709 (ITU-R BT.2407).
const TO_709: [[f32; 3]; 3] = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]];

/// The 8-bit codes of light as a plain screen shows it (BT.1886: a gamma of 2.4).
fn shown(light: [f32; 3]) -> [f32; 3] {
    let linear = TO_709.map(|row| row.iter().zip(light).map(|(m, v)| m * v).sum::<f32>().max(0.0));
    let brightest = linear.iter().fold(0.0f32, |most, v| most.max(*v));
    let bent = if brightest > KNEE { bend(brightest) / brightest } else { 1.0 };
    let [r, g, b] = linear.map(|v| (v * bent).min(1.0).powf(1.0 / 2.4));
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
}

/// A Möbius curve: straight up to the knee, then ever flatter, and white at the peak.
fn bend(light: f32) -> f32 {
    let a = -KNEE * KNEE * (PEAK - 1.0) / (KNEE * KNEE - 2.0 * KNEE + PEAK);
    let b = (KNEE * KNEE - 2.0 * KNEE * PEAK + PEAK) / (PEAK - 1.0);
    (b * b + 2.0 * b * KNEE + KNEE * KNEE) / (b - a) * (light + a) / (light + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the table makes of one colour that fills a frame.
    fn table(transfer: Transfer, [y, cb, cr]: [u16; 3]) -> [u8; 3] {
        let planes = [[y; 4].as_slice(), &[cb], &[cr]].concat();
        let deep: Vec<u8> = planes.into_iter().flat_map(u16::to_le_bytes).collect();
        let mut frame = [0; 6];
        Tone::of(transfer).unwrap().apply(&deep, &mut frame, (2, 2));
        [frame[0], frame[4], frame[5]]
    }

    #[test]
    fn greys_keep_grey_and_grow() {
        for transfer in [Transfer::Hlg, Transfer::Pq] {
            let mut last = 0;
            for y in (64..=940).step_by(4) {
                let [luma, cb, cr] = table(transfer, [y, 512, 512]);
                assert!(
                    luma >= last && cb.abs_diff(128) <= 1 && cr.abs_diff(128) <= 1,
                    "{transfer:?} {y}: {luma} {cb} {cr}"
                );
                last = luma;
            }
            assert_eq!(table(transfer, [64, 512, 512]), [16, 128, 128]);
            assert_eq!(last, 235);
        }
        // The white of paper: 75 % of HLG, 58 % of PQ.
        assert!(table(Transfer::Hlg, [721, 512, 512])[0].abs_diff(216) <= 1);
        assert!(table(Transfer::Pq, [573, 512, 512])[0].abs_diff(216) <= 1);
    }

    /// Colours that BT.709 has are met within a code on average. At its edge, where the light of a channel ends, the function
    /// has a corner that the table rounds off: there a strong colour may be off by a tenth of the scale.
    #[test]
    fn between_its_points_the_table_is_near_the_function() {
        for (transfer, light) in [(Transfer::Hlg, hlg as fn([f32; 3]) -> [f32; 3]), (Transfer::Pq, |v| v.map(pq))] {
            let mut errors = Vec::new();
            // Odd steps: no code is on the grid more often than chance has it.
            for y in (64..800).step_by(9) {
                for (cb, cr) in (400..620).step_by(7).flat_map(|cb| (400..620).step_by(11).map(move |cr| (cb, cr))) {
                    let coded = rgb([y, cb, cr].map(f32::from));
                    if coded.iter().all(|v| (0.02..0.98).contains(v)) {
                        let exact = shown(light(coded));
                        let both = table(transfer, [y, cb, cr]).into_iter().zip(exact);
                        errors.push(both.map(|(a, b)| (f32::from(a) - b).abs()).fold(0.0, f32::max));
                    }
                }
            }
            errors.sort_by(f32::total_cmp);
            let mean = errors.iter().sum::<f32>() / errors.len() as f32;
            let (most, worst) = (errors[errors.len() * 99 / 100], errors[errors.len() - 1]);
            assert!(errors.len() > 5_000 && mean < 1.5, "{transfer:?}: {} colours, {mean} on average", errors.len());
            assert!(most < 12.0 && worst < 25.0, "{transfer:?}: {most} in a hundredth, {worst} at worst");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_codes_give_a_frame(deep in proptest::collection::vec(proptest::num::u8::ANY, 12)) {
            Tone::of(Transfer::Pq).unwrap().apply(&deep, &mut [0; 6], (2, 2));
        }
    }
}
