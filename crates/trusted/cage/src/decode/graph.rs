//! The filters between a decoder and its pipe, written from numbers and fixed words: no text of a file gets in.

use hamseda_core::lattice::{FPS, SAMPLE_RATE};

use super::placement::cover;
use super::{DecodeSpec, Fit, PictureOut, Placement};
use crate::probe::{Matrix, Transfer, VideoStream};

/// Whether frames leave the decoder with 10 bits, to be tone-mapped here; and by which function they were filmed.
pub(super) fn deep(stream: &VideoStream) -> Transfer {
    let colour = stream.colour;
    if colour.wide && colour.matrix == Matrix::Bt2020 { colour.transfer } else { Transfer::Sdr }
}

/// The whole graph; its outputs are `[v]` and `[a]`.
pub(super) fn of(spec: &DecodeSpec) -> String {
    let picture = spec.picture.as_ref().map(picture);
    let sound = spec.sound.as_ref().map(|sound| {
        // Starts at the clip's start and keeps step with the picture: gaps become silence.
        format!(
            "[0:{}]aresample={SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts=stereo[a]",
            sound.stream.index
        )
    });
    [picture, sound].into_iter().flatten().collect::<Vec<_>>().join(";")
}

fn picture(out: &PictureOut) -> String {
    let stream = &out.stream;
    let canvas = (out.width, out.height);
    let place = match out.fit {
        Fit::Canvas => Placement::on_canvas(stream.upright_size(), canvas),
        Fit::Cover | Fit::Exact => Placement { x: 0, y: 0, width: out.width, height: out.height },
    };
    let scaled = match out.fit {
        Fit::Exact => canvas,
        Fit::Canvas if !place.fills(canvas) => (place.width, place.height),
        Fit::Canvas | Fit::Cover => cover(stream.upright_size(), canvas),
    };
    let mut chain = Vec::new();
    // Frames are dropped before the costly steps and doubled after them.
    let rate = format!("fps=fps={FPS}:start_time=0:round=near");
    let faster = stream.rate.is_none_or(|(n, d)| u64::from(n) > u64::from(FPS) * u64::from(d));
    if faster {
        chain.push(rate.clone());
    }
    chain.extend(scale(stream, scaled));
    chain.extend(stream.orientation.filters().into_iter().map(str::to_owned));
    if scaled != canvas && place.fills(canvas) {
        chain.push(format!("crop={}:{}", out.width, out.height));
    }
    if !faster {
        chain.push(rate);
    }
    chain.push("setsar=1".into());
    let upright = format!("[0:{}]{}", stream.index, chain.join(","));
    if place.fills(canvas) {
        format!("{upright}[v]")
    } else {
        format!("{upright}{}", fill(canvas, place, deep(stream)))
    }
}

/// Scales to `size` (as seen upright), limited range, 4:2:0, and to BT.709 unless it is left [`deep`].
fn scale(stream: &VideoStream, size: (u32, u32)) -> Vec<String> {
    let (w, h) = if stream.orientation.swaps_sides() { (size.1, size.0) } else { size };
    let colour = stream.colour;
    if deep(stream) != Transfer::Sdr {
        let same = "in_color_matrix=bt2020:out_color_matrix=bt2020:out_range=tv";
        return vec![format!("scale={w}:{h}:flags=bicubic:{same}"), "format=yuv420p10le".into()];
    }
    if colour.transfer == Transfer::Sdr && !colour.wide {
        let matrix = match colour.matrix {
            Matrix::Bt601 => "smpte170m",
            Matrix::Bt709 => "bt709",
            Matrix::Bt2020 => "bt2020",
        };
        let to = "out_color_matrix=bt709:out_range=tv";
        return vec![format!("scale={w}:{h}:flags=bicubic:in_color_matrix={matrix}:{to}"), "format=yuv420p".into()];
    }
    // 203 cd/m2 is the white of paper in HDR (ITU-R BT.2408): it becomes the white of SDR, what is brighter is bent.
    let tone = (colour.transfer != Transfer::Sdr).then(|| "tonemap=tonemap=mobius:param=0.6:desat=0".to_owned());
    // Light in HLG depends on all three colours of a pixel; the filter's shortcut takes each alone, which makes grass glow.
    let short = u8::from(colour.transfer != Transfer::Hlg);
    let linear = format!("zscale=w={w}:h={h}:t=linear:npl=203:agamma={short}");
    let mut chain = vec![linear, "format=gbrpf32le".into(), "zscale=p=bt709".into()];
    chain.extend(tone);
    chain.extend(["zscale=t=bt709:m=bt709:r=tv".into(), "format=yuv420p".into()]);
    chain
}

/// The fill is blurred at a quarter of the canvas: 10 pixels there are 40 on it, at a sixteenth of the work.
const FILL_SHRINK: u32 = 4;

/// Puts the picture on a fill of itself, darkened by 45 % and a little paler.
fn fill(canvas: (u32, u32), place: Placement, filmed: Transfer) -> String {
    let even = |v: u32| (v / FILL_SHRINK).next_multiple_of(2);
    let (w, h) = (even(canvas.0), even(canvas.1));
    let (cw, ch) = cover((place.width, place.height), (w, h));
    // HLG darkens as SDR does; in PQ three quarters of a code are half of what is seen.
    let (black, grey, share, format) = match filmed {
        Transfer::Sdr => (16, 128, "0.55", "yuv420"),
        Transfer::Hlg => (64, 512, "0.55", "yuv420p10"),
        Transfer::Pq => (64, 512, "0.76", "yuv420p10"),
    };
    format!(
        ",split=2[front][back];\
         [back]scale={cw}:{ch}:flags=fast_bilinear,crop={w}:{h},gblur=sigma=10:steps=2,\
         lutyuv=y={black}+(val-{black})*{share}:u={grey}+(val-{grey})*0.75:v={grey}+(val-{grey})*0.75,\
         scale={}:{}:flags=bilinear[fill];\
         [fill][front]overlay={}:{}:format={format}[v]",
        canvas.0, canvas.1, place.x, place.y
    )
}
