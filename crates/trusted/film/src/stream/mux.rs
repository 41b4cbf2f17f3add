//! Joining pieces by copying into one progressive MP4: index first, so that it plays while it loads.
//!
//! Nothing in the file says when, where or with what it was made: times are zero, names constant. Refuses: pieces whose
//! parameter sets differ or whose pictures and sound are not the same whole number of lattice units.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use hamseda_core::lattice::{FPS, HEIGHT, SAMPLE_RATE, UNIT_AAC_FRAMES, UNIT_FRAMES, UNIT_SAMPLES, WIDTH};
use mp4_atom::esds::{DecoderConfig, DecoderSpecific, EsDescriptor, SLConfig};
use mp4_atom::{
    Audio, Avc1, Avcc, AvccExt, Co64, Codec, Colr, Dinf, Dref, DrefEntry, Edts, Elst, ElstEntry, Encode, Esds, Ftyp,
    Hdlr, Mdhd, Mdia, Minf, Moov, Mp4a, Mvhd, Smhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts,
    SttsEntry, Tkhd, Trak, Url, Visual, Vmhd,
};

use crate::FilmError;
use crate::stream::adts::CONFIG;
use crate::stream::{AdtsFrames, AnnexB};

/// Ticks of a video frame. 15,360 ticks a second is what players meet most often at 30 fps.
const FRAME_TICKS: u32 = 512;

/// One piece: its streams in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// H.264, annex B.
    pub(crate) video: PathBuf,
    /// AAC, ADTS; `None` for a film without sound. All pieces or none have it.
    pub(crate) audio: Option<PathBuf>,
    /// Length.
    pub(crate) units: u32,
}

/// What the index needs to know of all pieces.
#[derive(Default)]
struct Index {
    sps: Vec<u8>,
    pps: Vec<u8>,
    video: Vec<u32>,
    sync: Vec<u32>,
    audio: Vec<u32>,
    units: u32,
}

/// Joins `pieces` into `out`, durable when this returns. Returns the file's length in bytes.
pub(crate) fn mux(pieces: &[Piece], out: &Path) -> Result<u64, FilmError> {
    let index = Index::of(pieces)?;
    let file = File::create(out).map_err(FilmError::io(out))?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    write_film(&index, pieces, &mut writer).map_err(|e| e.at(out))?;
    let file = writer.into_inner().map_err(|e| FilmError::io(out)(e.into_error()))?;
    file.sync_all().map_err(FilmError::io(out))?;
    Ok(file.metadata().map_err(FilmError::io(out))?.len())
}

fn load(piece: &Piece) -> Result<(AnnexB, Option<AdtsFrames>), FilmError> {
    let read = |path: &Path| std::fs::read(path).map_err(FilmError::io(path));
    let video = AnnexB::parse(read(&piece.video)?)?;
    let audio = piece.audio.as_deref().map(|path| AdtsFrames::parse(read(path)?)).transpose()?;
    let (pictures, sounds) = (video.frames.len() as u64, audio.as_ref().map(|a| a.frames.len() as u64));
    let units = u64::from(piece.units);
    let whole = pictures == units * u64::from(UNIT_FRAMES)
        && sounds.is_none_or(|sounds| sounds == units * u64::from(UNIT_AAC_FRAMES));
    if !whole {
        let path = piece.video.display();
        return Err(FilmError::stream(format!(
            "{path} has {pictures} pictures and {sounds:?} AAC frames, not {units} units"
        )));
    }
    Ok((video, audio))
}

impl Index {
    fn of(pieces: &[Piece]) -> Result<Self, FilmError> {
        let mut index = Self::default();
        for piece in pieces {
            let (video, audio) = load(piece)?;
            if index.units == 0 {
                (index.sps, index.pps) = (video.sps.clone(), video.pps.clone());
            } else if (&index.sps, &index.pps) != (&video.sps, &video.pps) {
                return Err(FilmError::stream(format!("{} was encoded with other settings", piece.video.display())));
            }
            for frame in &video.frames {
                index.video.push(sample_size(frame.sample_bytes())?);
                if frame.sync {
                    index.sync.push(sample_size(index.video.len())?);
                }
            }
            for frame in audio.iter().flat_map(|a| &a.frames) {
                index.audio.push(sample_size(frame.len())?);
            }
            index.units += piece.units;
        }
        if index.units == 0 {
            return Err(FilmError::stream("a film needs at least one piece"));
        }
        if !index.audio.is_empty() && index.audio.len() as u64 != u64::from(index.units) * u64::from(UNIT_AAC_FRAMES) {
            return Err(FilmError::stream("some pieces have sound and some have none"));
        }
        Ok(index)
    }

    /// Bytes of each unit's video chunk and audio chunk.
    fn chunks(&self) -> impl Iterator<Item = (u64, u64)> {
        let sum = |sizes: &[u32]| sizes.iter().map(|&s| u64::from(s)).sum();
        let mut audio = self.audio.chunks(UNIT_AAC_FRAMES as usize);
        self.video.chunks(UNIT_FRAMES as usize).map(move |v| (sum(v), audio.next().map_or(0, sum)))
    }

    fn duration(&self) -> u64 {
        u64::from(self.units) * u64::from(UNIT_SAMPLES)
    }

    /// The index box, with chunk offsets from `start`.
    fn moov(&self, start: u64, wide: bool) -> Moov {
        let (mut video, mut audio, mut at) = (Vec::new(), Vec::new(), start);
        for (pictures, sound) in self.chunks() {
            video.push(at);
            audio.push(at + pictures);
            at += pictures + sound;
        }
        let mut tracks = vec![self.video_track(offsets(video, wide))];
        if !self.audio.is_empty() {
            tracks.push(self.audio_track(offsets(audio, wide)));
        }
        let mvhd = Mvhd {
            creation_time: 0,
            modification_time: 0,
            timescale: SAMPLE_RATE,
            duration: self.duration(),
            rate: 1.into(),
            volume: 1.into(),
            matrix: Default::default(),
            next_track_id: tracks.len() as u32 + 1,
        };
        Moov { mvhd, meta: None, mvex: None, trak: tracks, udta: None, ainf: None }
    }

    fn video_track(&self, (stco, co64): (Option<Stco>, Option<Co64>)) -> Trak {
        let avcc = Avcc {
            configuration_version: 1,
            avc_profile_indication: self.sps.get(1).copied().unwrap_or_default(),
            profile_compatibility: self.sps.get(2).copied().unwrap_or_default(),
            avc_level_indication: self.sps.get(3).copied().unwrap_or_default(),
            length_size: 4,
            sequence_parameter_sets: vec![self.sps.clone()],
            picture_parameter_sets: vec![self.pps.clone()],
            ext: Some(AvccExt::default()),
        };
        let bt709 = Colr::Nclx {
            colour_primaries: 1,
            transfer_characteristics: 1,
            matrix_coefficients: 1,
            full_range_flag: false,
        };
        let visual =
            Visual { data_reference_index: 1, width: WIDTH as u16, height: HEIGHT as u16, ..Visual::default() };
        let entry = Avc1 { visual, avcc, colr: Some(bt709), ..Avc1::default() };
        let stbl = Stbl {
            stsd: Stsd { codecs: vec![Codec::Avc1(entry)] },
            stts: constant(self.video.len(), FRAME_TICKS),
            stss: Some(Stss { entries: self.sync.clone() }),
            stsc: chunked(UNIT_FRAMES),
            stsz: Stsz { samples: StszSamples::Different { sizes: self.video.clone() } },
            stco,
            co64,
            ..Stbl::default()
        };
        let ticks = self.video.len() as u64 * u64::from(FRAME_TICKS);
        let tkhd = Tkhd { width: (WIDTH as u16).into(), height: (HEIGHT as u16).into(), ..self.header(1) };
        let minf = Minf { vmhd: Some(Vmhd::default()), dinf: in_this_file(), stbl, ..Minf::default() };
        track(tkhd, self.duration(), media(FPS * FRAME_TICKS, ticks, b"vide", "video", minf))
    }

    fn audio_track(&self, (stco, co64): (Option<Stco>, Option<Co64>)) -> Trak {
        let dec_specific = DecoderSpecific { profile: 2, freq_index: 3, chan_conf: 2, raw: CONFIG.to_vec() };
        let total: u64 = self.audio.iter().map(|&s| u64::from(s)).sum();
        let rate = u32::try_from(total * 8 * u64::from(SAMPLE_RATE) / self.duration().max(1)).unwrap_or(u32::MAX);
        let dec_config = DecoderConfig {
            object_type_indication: 0x40, // MPEG-4 audio
            stream_type: 5,
            up_stream: 0,
            buffer_size_db: Default::default(),
            max_bitrate: rate,
            avg_bitrate: rate,
            dec_specific: Some(dec_specific),
        };
        let es_desc = EsDescriptor { es_id: 2, dec_config, sl_config: SLConfig {}, ..EsDescriptor::default() };
        let audio = Audio {
            data_reference_index: 1,
            channel_count: 2,
            sample_size: 16,
            sample_rate: (SAMPLE_RATE as u16).into(),
        };
        let stbl = Stbl {
            stsd: Stsd { codecs: vec![Codec::Mp4a(Mp4a { audio, esds: Esds { es_desc }, btrt: None, taic: None })] },
            stts: constant(self.audio.len(), 1024),
            stsc: chunked(UNIT_AAC_FRAMES),
            stsz: Stsz { samples: StszSamples::Different { sizes: self.audio.clone() } },
            stco,
            co64,
            ..Stbl::default()
        };
        let tkhd = Tkhd { volume: 1.into(), alternate_group: 1, ..self.header(2) };
        let minf = Minf { smhd: Some(Smhd::default()), dinf: in_this_file(), stbl, ..Minf::default() };
        track(tkhd, self.duration(), media(SAMPLE_RATE, self.duration(), b"soun", "sound", minf))
    }

    fn header(&self, track_id: u32) -> Tkhd {
        Tkhd { track_id, duration: self.duration(), enabled: true, in_movie: true, ..Tkhd::default() }
    }
}

/// A track that is played from its first sample to its last. The edit list says so: without one, some players assume that
/// AAC begins with 2,112 samples to be skipped.
fn track(tkhd: Tkhd, segment_duration: u64, mdia: Mdia) -> Trak {
    let entry = ElstEntry { segment_duration, media_time: Some(0), media_rate: 1.into() };
    Trak { tkhd, edts: Some(Edts { elst: Some(Elst { entries: vec![entry] }) }), mdia, ..Trak::default() }
}

fn media(timescale: u32, duration: u64, handler: &[u8; 4], name: &str, minf: Minf) -> Mdia {
    let mdhd = Mdhd { creation_time: 0, modification_time: 0, timescale, duration, language: "und".into() };
    Mdia { mdhd, hdlr: Hdlr { handler: (*handler).into(), name: name.into() }, minf }
}

fn in_this_file() -> Dinf {
    Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } }
}

fn constant(samples: usize, sample_delta: u32) -> Stts {
    Stts { entries: vec![SttsEntry { sample_count: u32::try_from(samples).unwrap_or(u32::MAX), sample_delta }] }
}

fn chunked(samples_per_chunk: u32) -> Stsc {
    Stsc { entries: vec![StscEntry { first_chunk: 1, samples_per_chunk, sample_description_index: 1 }] }
}

fn offsets(list: Vec<u64>, wide: bool) -> (Option<Stco>, Option<Co64>) {
    if wide {
        (None, Some(Co64 { entries: list }))
    } else {
        (Some(Stco { entries: list.into_iter().map(|o| u32::try_from(o).unwrap_or(u32::MAX)).collect() }), None)
    }
}

fn sample_size(bytes: usize) -> Result<u32, FilmError> {
    u32::try_from(bytes).map_err(|_| FilmError::stream("a frame of more than 4 GiB"))
}

/// A failure while writing: the path is added by the caller, who knows it.
enum WriteFailure {
    Io(std::io::Error),
    Film(FilmError),
}

impl WriteFailure {
    fn at(self, path: &Path) -> FilmError {
        match self {
            Self::Io(error) => FilmError::io(path)(error),
            Self::Film(error) => error,
        }
    }
}

impl From<std::io::Error> for WriteFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FilmError> for WriteFailure {
    fn from(error: FilmError) -> Self {
        Self::Film(error)
    }
}

fn encoded(atom: &impl Encode) -> Result<Vec<u8>, FilmError> {
    let mut bytes = Vec::new();
    atom.encode(&mut bytes).map_err(|e| FilmError::stream(e.to_string()))?;
    Ok(bytes)
}

fn write_film(index: &Index, pieces: &[Piece], out: &mut impl Write) -> Result<(), WriteFailure> {
    let brands = [b"isom", b"iso2", b"avc1", b"mp41"].map(|b| (*b).into()).to_vec();
    let ftyp = encoded(&Ftyp { major_brand: b"isom".into(), minor_version: 512, compatible_brands: brands })?;
    let media: u64 = index.chunks().map(|(v, a)| v + a).sum();
    let wide = needs_wide_offsets(index, ftyp.len() as u64 + media)?;
    // The index has the same length whatever its offsets are, so it is made once to measure and once to write.
    let length = encoded(&index.moov(0, wide))?.len() as u64;
    let header = if media + 8 > u64::from(u32::MAX) { 16 } else { 8 };
    out.write_all(&ftyp)?;
    out.write_all(&encoded(&index.moov(ftyp.len() as u64 + length + header, wide))?)?;
    if header == 16 {
        out.write_all(&1u32.to_be_bytes())?;
        out.write_all(b"mdat")?;
        out.write_all(&(media + 16).to_be_bytes())?;
    } else {
        out.write_all(&u32::try_from(media + 8).unwrap_or(u32::MAX).to_be_bytes())?;
        out.write_all(b"mdat")?;
    }
    let mut chunk = Vec::new();
    for piece in pieces {
        let (video, audio) = load(piece)?;
        let mut sounds = audio.iter().flat_map(|a| a.frames.iter().map(|f| a.payload(f)));
        for pictures in video.frames.chunks(UNIT_FRAMES as usize) {
            chunk.clear();
            pictures.iter().for_each(|frame| video.write_sample(frame, &mut chunk));
            sounds.by_ref().take(UNIT_AAC_FRAMES as usize).for_each(|sound| chunk.extend(sound));
            out.write_all(&chunk)?;
        }
    }
    Ok(())
}

/// Whether some offset may not fit in 32 bits.
fn needs_wide_offsets(index: &Index, rest: u64) -> Result<bool, FilmError> {
    let widest = encoded(&index.moov(0, true))?.len() as u64;
    Ok(rest + widest + 16 > u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use mp4_atom::{Buf as _, Decode as _};

    use super::*;

    #[test]
    fn a_film_beyond_4_gib_gets_wide_offsets() {
        let per_unit = |sizes: u32, n: u32| vec![sizes; (n * 40) as usize];
        let index = |size| Index {
            sps: vec![0x67, 100, 0, 40],
            pps: vec![0x68],
            video: per_unit(size, UNIT_FRAMES),
            sync: vec![1],
            audio: per_unit(300, UNIT_AAC_FRAMES),
            units: 40,
        };
        let media = |index: &Index| index.chunks().map(|(v, a)| v + a).sum::<u64>();
        let (small, large) = (index(1000), index(7_000_000));
        assert!(!needs_wide_offsets(&small, media(&small)).unwrap());
        assert!(needs_wide_offsets(&large, media(&large)).unwrap());
        let bytes = encoded(&large.moov(1 << 20, true)).unwrap();
        assert_eq!(bytes.len(), encoded(&large.moov(0, true)).unwrap().len());
        let mut rest = bytes.as_slice();
        let moov = Moov::decode(&mut rest).unwrap();
        assert_eq!(rest.remaining(), 0);
        let offsets = &moov.trak[0].mdia.minf.stbl.co64.as_ref().unwrap().entries;
        let unit = 16 * 7_000_000 + 25 * 300;
        assert_eq!(offsets.clone(), (0..40).map(|i| (1 << 20) + i * unit).collect::<Vec<u64>>());
    }
}
