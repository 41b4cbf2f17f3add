//! What tools that read tags say: of a source, what tells on its maker; of a result, whatever isn't on a short list.

use std::path::Path;

use super::output;

/// exiftool's groups that describe the file on this disk, or repeat what other groups say.
const GROUPS: [&str; 4] = ["System", "File", "ExifTool", "Composite"];

/// exiftool's names of numbers and kinds without which a file can't be played. Everything else tells something.
#[rustfmt::skip]
const SHAPE: [&str; 76] = [
    "MajorBrand", "MinorVersion", "CompatibleBrands", "MediaDataSize", "MediaDataOffset", "MovieHeaderVersion", "TimeScale",
    "Duration", "PreferredRate", "PreferredVolume", "MatrixStructure", "PreviewTime", "PreviewDuration", "PosterTime",
    "SelectionTime", "SelectionDuration", "CurrentTime", "NextTrackID", "HandlerType", "HandlerVendorID", "HandlerClass", "TrackHeaderVersion",
    "TrackID", "TrackDuration", "TrackLayer", "TrackVolume", "ImageWidth", "ImageHeight", "CleanApertureDimensions",
    "ProductionApertureDimensions", "EncodedPixelsDimensions", "MediaHeaderVersion", "MediaTimeScale", "MediaDuration",
    "Balance", "AudioFormat", "AudioChannels", "AudioBitsPerSample", "AudioSampleRate", "LayoutFlags", "PurchaseFileFormat",
    "GraphicsMode", "OpColor", "CompressorID", "SourceImageWidth", "SourceImageHeight", "XResolution", "YResolution",
    "BitDepth", "VideoFrameRate", "PixelAspectRatio", "ColorProfiles", "ColorPrimaries", "TransferCharacteristics",
    "MatrixCoefficients", "VideoFullRangeFlag", "BufferSize", "MaxBitrate", "AverageBitrate", "MovieDataSize",
    "TrackProperty", "SequenceNumber", "MovieFragmentSequence", "FieldOrder", "ChromaFormat", "GenFlags", "GenGraphicsMode",
    "GenOpColor", "GenBalance", "VideoStreamType", "AudioStreamType", "AudioBitrate", "SurroundMode", "JFIFVersion",
    "ResolutionUnit", "BitsPerSample",
];
/// The same of Matroska, and words that stand in every file.
#[rustfmt::skip]
const SHAPE_MORE: [&str; 40] = [
    "EBMLVersion", "EBMLReadVersion", "EBMLMaxIDLength", "EBMLMaxSizeLength", "DocType", "DocTypeVersion",
    "DocTypeReadVersion", "TimecodeScale", "TrackNumber", "TrackType", "CodecID", "VideoCodecID", "AudioCodecID",
    "DisplayWidth", "DisplayHeight", "DisplayUnit", "VideoScanType", "TrackForced", "TrackUsed", "TrackDefault",
    "CodecDelay", "SeekPreRoll", "DefaultDuration", "Lacing", "MinCache", "StereoMode", "ColorSpace", "AudioBits",
    "ChapterPhysicalEquivalent", "Warning", "Error", "FileType", "MIMEType", "ImageSize", "Encoding", "YCbCrSubSampling",
    "SampleTime", "SampleDuration", "OtherFormat", "MetaFormat",
];

/// Times of nobody and words for "unknown".
const NOTHING: [&str; 9] = ["0000:00:00 00:00:00", "0", "0 0", "und", "", "(none)", "mhlr", "dhlr", "    "];

fn exiftool(path: &Path) -> Vec<(String, String)> {
    let text = output("exiftool", &["-a", "-G1", "-ee3", "-s", "-n"], path);
    let line = |line: &str| -> Option<(String, String)> {
        let (group, rest) = line.strip_prefix('[')?.split_once(']')?;
        let (name, value) = rest.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        (!GROUPS.contains(&group) && !SHAPE.contains(&name) && !SHAPE_MORE.contains(&name) && !NOTHING.contains(&value))
            .then(|| (format!("{group}:{name}"), value.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// What the source at `path` tells, by exiftool's name.
pub(super) fn telling(path: &Path) -> Vec<(String, String)> {
    exiftool(path)
}

/// Names of tracks that every file of ours has.
const HANDLERS: [&str; 2] = ["VideoHandler", "SoundHandler"];
/// Tags that ffprobe shows of every file.
const FFPROBE: [&str; 6] =
    ["major_brand", "minor_version", "compatible_brands", "language=und", "handler_name", "vendor_id=[0][0][0][0]"];
/// Words in names of mediainfo's fields behind which somebody may stand.
const MEDIAINFO: [&str; 17] = [
    "date",
    "title",
    "library",
    "application",
    "encoding settings",
    "recorded",
    "comment",
    "copyright",
    "description",
    "performer",
    "location",
    "make",
    "model",
    "xyz",
    "com.",
    "encoded by",
    "language",
];

/// What three tools say of a result that isn't the shape of every film.
pub(crate) fn told(path: &Path) -> Vec<String> {
    let named = |(_, value): &(String, String)| !HANDLERS.contains(&value.as_str());
    let mut found: Vec<_> =
        exiftool(path).into_iter().filter(named).map(|(tag, value)| format!("{tag} {value:?}")).collect();
    let probed = output(
        "ffprobe",
        &["-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "default=nw=1"],
        path,
    );
    let tags = probed.lines().filter_map(|line| line.strip_prefix("TAG:"));
    let others = tags.filter(|tag| !FFPROBE.iter().any(|known| tag.starts_with(known)));
    found.extend(others.map(|tag| format!("ffprobe {tag}")));
    let streams = probed
        .lines()
        .filter_map(|line| line.strip_prefix("codec_type="))
        .filter(|kind| *kind != "video" && *kind != "audio");
    found.extend(streams.map(|kind| format!("a track of {kind}")));
    let seen = output("mediainfo", &[], path);
    let fields = seen.lines().filter_map(|line| line.split_once(" : ")).filter(|(name, _)| {
        let name = name.trim().to_lowercase();
        MEDIAINFO.iter().any(|word| name.contains(word)) && !name.contains("complete name")
    });
    found.extend(fields.map(|(name, value)| format!("mediainfo {} {value:?}", name.trim())));
    found
}
