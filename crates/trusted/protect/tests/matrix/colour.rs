//! Colours as numbers: what a camera writes for a known light, and what a viewer sees of what it is given.
//!
//! Written from the standards, not from the filters that are measured with it.

use super::cases::Light;

/// A colour as an SDR screen is told it: R'G'B', 0 to 1, BT.709, shown with a gamma of 2.4 (BT.1886).
pub(super) type Rgb = [f64; 3];

/// Light that a white of SDR stands for in HDR, cd/m2 (ITU-R BT.2408).
const WHITE: f64 = 203.0;

/// Matrix weights of red and blue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights(f64, f64);

pub(super) const BT601: Weights = Weights(0.299, 0.114);
pub(super) const BT709: Weights = Weights(0.2126, 0.0722);
pub(super) const BT2020: Weights = Weights(0.2627, 0.0593);

/// From linear BT.709 to linear BT.2020 (ITU-R BT.2087).
const TO_2020: [[f64; 3]; 3] = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]];
/// From linear BT.709 to linear Display P3 (same white).
const TO_P3: [[f64; 3]; 3] = [[0.8225, 0.1775, 0.0], [0.0332, 0.9668, 0.0], [0.0171, 0.0724, 0.9105]];

/// Y, Cb, Cr of a colour filmed in this light, as codes of a picture with this many bits.
pub(super) fn codes(rgb: Rgb, light: Light) -> [u16; 3] {
    let linear = rgb.map(|v| v.powf(2.4));
    match light {
        Light::Hd => limited(ycc(rgb, BT709), 8),
        Light::Sd => limited(ycc(rgb, BT601), 8),
        Light::FullRange => full(ycc(rgb, BT709)),
        Light::Jpeg => full(ycc(rgb, BT601)),
        Light::P3 => limited(ycc(through(TO_P3, linear).map(|v| v.powf(1.0 / 2.4)), BT709), 8),
        Light::Hlg => limited(ycc(hlg(through(TO_2020, linear)), BT2020), 10),
        Light::Pq => limited(ycc(through(TO_2020, linear).map(pq), BT2020), 10),
    }
}

fn through(matrix: [[f64; 3]; 3], rgb: Rgb) -> Rgb {
    matrix.map(|row| row.iter().zip(rgb).map(|(m, v)| m * v).sum())
}

/// Y, Cb, Cr; luma 0 to 1, the others −0.5 to 0.5.
fn ycc([r, g, b]: Rgb, Weights(kr, kb): Weights) -> [f64; 3] {
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    [y, (b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr))]
}

fn limited([y, cb, cr]: [f64; 3], bits: u32) -> [u16; 3] {
    let unit = f64::from(1u32 << (bits - 8));
    let code = |v: f64| (v * unit).round() as u16;
    [code(16.0 + 219.0 * y), code(128.0 + 224.0 * cb), code(128.0 + 224.0 * cr)]
}

fn full([y, cb, cr]: [f64; 3]) -> [u16; 3] {
    [255.0 * y, 128.0 + 255.0 * cb, 128.0 + 255.0 * cr].map(|v| v.round() as u16)
}

/// SMPTE ST 2084 of light in whites of SDR.
fn pq(linear: f64) -> f64 {
    let (m1, m2) = (0.159_301_757_812_5, 78.843_75);
    let (c1, c2, c3) = (0.835_937_5, 18.851_562_5, 18.6875);
    let power = (linear * WHITE / 10_000.0).powf(m1);
    ((c1 + c2 * power) / (1.0 + c3 * power)).powf(m2)
}

/// ARIB STD-B67 for a screen of 1,000 cd/m2 (ITU-R BT.2100: system gamma 1.2), of light in whites of SDR.
fn hlg(linear: Rgb) -> Rgb {
    let shown = linear.map(|v| v * WHITE / 1000.0);
    let luminance = 0.2627 * shown[0] + 0.6780 * shown[1] + 0.0593 * shown[2];
    if luminance <= 0.0 {
        return [0.0; 3];
    }
    let scene = shown.map(|v| v * luminance.powf((1.0 - 1.2) / 1.2));
    scene.map(|e| {
        if e <= 1.0 / 12.0 {
            (3.0 * e).sqrt()
        } else {
            let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
            a * (12.0 * e - b).ln() + c
        }
    })
}

/// What a viewer sees of mean 8-bit limited-range codes, R'G'B' in codes of 0 to 255.
pub(super) fn seen([y, cb, cr]: [f64; 3], Weights(kr, kb): Weights) -> Rgb {
    let (y, cb, cr) = ((y - 16.0) / 219.0, (cb - 128.0) / 224.0, (cr - 128.0) / 224.0);
    let (r, b) = (y + 2.0 * (1.0 - kr) * cr, y + 2.0 * (1.0 - kb) * cb);
    let g = (y - kr * r - kb * b) / (1.0 - kr - kb);
    [r, g, b].map(|v| v * 255.0)
}
