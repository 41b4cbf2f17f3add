//! ffprobe's JSON, read strictly: a number that is none, or a picture without size, is an error and not a guess.

use serde::Deserialize;

use super::{AudioStream, Colour, Matrix, Orientation, Probe, Transfer, VideoStream, orientation};
use crate::codec::Codec;
use crate::sniff::Container;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    color_primaries: Option<String>,
    avg_frame_rate: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    sample_rate: Option<String>,
    channels: Option<u32>,
    nb_frames: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    displaymatrix: Option<String>,
}

/// Why an answer makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum Nonsense {
    #[error("its description is not readable")]
    Json(#[from] serde_json::Error),
    #[error("a length or rate in its header is not a number")]
    Number,
}

pub(super) fn parse(json: &[u8], container: Container) -> Result<Probe, Nonsense> {
    let answer: Answer = serde_json::from_slice(json)?;
    let mut probe = Probe {
        container,
        millis: length(answer.format.duration.as_deref())?,
        video: Vec::new(),
        audio: Vec::new(),
        streams: u32::try_from(answer.streams.len()).unwrap_or(u32::MAX),
    };
    for stream in &answer.streams {
        match stream.codec_type.as_deref() {
            // A cover picture is a still, not the clip.
            Some("video") if stream.disposition.attached_pic == 0 => probe.video.push(video(stream)?),
            Some("audio") => probe.audio.push(audio(stream)?),
            _ => {}
        }
    }
    Ok(probe)
}

fn video(stream: &Stream) -> Result<VideoStream, Nonsense> {
    let (width, height) = (stream.width.unwrap_or(0), stream.height.unwrap_or(0));
    let matrix = stream.side_data_list.iter().find_map(|data| orientation::parse(data.displaymatrix.as_deref()?));
    // A picture without size was announced and never seen: nothing to decode.
    let codec = stream.codec_name.as_deref().and_then(Codec::video).filter(|_| width > 0 && height > 0);
    Ok(VideoStream {
        index: stream.index,
        codec,
        width,
        height,
        pixel_aspect: stream.sample_aspect_ratio.as_deref().and_then(pixel_aspect).unwrap_or((1, 1)),
        orientation: matrix.map(Orientation::from_matrix).unwrap_or_default(),
        colour: colour(stream, height),
        rate: stream.avg_frame_rate.as_deref().and_then(|text| fraction(text, '/')),
        millis: length(stream.duration.as_deref())?,
        start_millis: stream.start_time.as_deref().map(millis).transpose()?.unwrap_or(0),
        frames: stream.nb_frames.as_deref().map(|n| n.parse().map_err(|_| Nonsense::Number)).transpose()?,
    })
}

fn audio(stream: &Stream) -> Result<AudioStream, Nonsense> {
    let rate = stream.sample_rate.as_deref().map_or(Ok(0), str::parse).map_err(|_| Nonsense::Number)?;
    let channels = stream.channels.unwrap_or(0);
    let codec = stream.codec_name.as_deref().and_then(Codec::audio).filter(|_| rate > 0 && channels > 0);
    Ok(AudioStream { index: stream.index, codec, rate, channels, millis: length(stream.duration.as_deref())? })
}

fn colour(stream: &Stream, height: u32) -> Colour {
    Colour {
        transfer: match stream.color_transfer.as_deref() {
            Some("arib-std-b67") => Transfer::Hlg,
            Some("smpte2084") => Transfer::Pq,
            _ => Transfer::Sdr,
        },
        matrix: match stream.color_space.as_deref() {
            Some("bt709") => Matrix::Bt709,
            Some("bt2020nc" | "bt2020c") => Matrix::Bt2020,
            Some("smpte170m" | "bt470bg" | "fcc") => Matrix::Bt601,
            // Nothing said: what players assume.
            _ if height >= 720 => Matrix::Bt709,
            _ => Matrix::Bt601,
        },
        wide: matches!(stream.color_primaries.as_deref(), Some("bt2020" | "smpte431" | "smpte432")),
    }
}

/// Nobody films with pixels further from square than this; beyond it the header is damaged.
const ASPECT_MAX: u32 = 4;

fn pixel_aspect(text: &str) -> Option<(u32, u32)> {
    fraction(text, ':').filter(|&(w, h)| w / h < ASPECT_MAX && h / w < ASPECT_MAX)
}

fn fraction(text: &str, by: char) -> Option<(u32, u32)> {
    let (over, under) = text.split_once(by)?;
    Some((over.parse().ok()?, under.parse().ok()?)).filter(|&(over, under)| over > 0 && under > 0)
}

/// A length that is not negative; ffprobe writes `N/A` where it knows none.
fn length(text: Option<&str>) -> Result<Option<u64>, Nonsense> {
    match text {
        None | Some("N/A") => Ok(None),
        Some(text) => Ok(u64::try_from(millis(text)?).ok()),
    }
}

/// `-12.345678` seconds as milliseconds, cut, without floats.
fn millis(text: &str) -> Result<i64, Nonsense> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let number = |text: &str| text.parse::<u32>().map(i64::from).map_err(|_| Nonsense::Number);
    let value = number(whole)? * 1000 + number(&part)?;
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_milliseconds() {
        assert_eq!(millis("6.033333").unwrap(), 6_033);
        assert_eq!(millis("-0.5").unwrap(), -500);
        assert_eq!(millis("7").unwrap(), 7_000);
        for text in ["", "nan", "1e9", "99999999999", "--1", "1.x"] {
            assert!(millis(text).is_err(), "{text} passed");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_or_refused(text: String, number: String) {
            let _ = parse(text.as_bytes(), Container::Mov);
            let stream = serde_json::json!({"streams": [{"index": 0, "codec_type": "video", "codec_name": text,
                "width": 7, "height": 9, "sample_aspect_ratio": text, "duration": number, "avg_frame_rate": number}]});
            let _ = parse(stream.to_string().as_bytes(), Container::Mov);
        }
    }
}
