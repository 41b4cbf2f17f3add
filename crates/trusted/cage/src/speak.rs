//! A machine voice: text is read aloud by espeak-ng, in the cage, as a process of its own. Nothing of a speaker's voice is
//! in it, so it is the strongest way to be heard without being recognised.
//!
//! Refuses everything but text: the program takes no option, mark-up or phoneme from it, reads no file but its own data,
//! and gives back samples whose number is bounded beforehand.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use hamseda_core::Coded;

use crate::error::CageError;
use crate::job::{Bounds, Input, Job};
use crate::sandbox::Libraries;
use crate::{Cage, media, tool};

/// Languages that are spoken: their BCP 47 tags are espeak-ng's names as well. A language outside this list is refused,
/// so that no text chooses what the program loads.
pub const SPOKEN: &[&str] = &["fa", "ar", "ku", "az", "tr", "en", "fr", "de", "es", "it", "nl", "pt", "ru", "sv", "ur"];

/// Most characters that are read at once: six minutes.
const MOST_CHARS: usize = 5_000;
/// Words a minute: a little slower than espeak-ng's own 175, since its voice needs attention.
const WORDS_A_MINUTE: &str = "155";
/// Samples a second that espeak-ng gives: its voices are made for no other rate.
const RATE: u32 = 22_050;
/// Longest answer, seconds.
const MOST_SECONDS: u64 = 600;
/// A WAV header as espeak-ng writes it.
const HEADER: usize = 44;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum SpeakError {
    /// espeak-ng is not installed.
    #[error("no machine voice is installed; install it (apt install espeak-ng)")]
    Missing,
    /// Not in [`SPOKEN`], or this espeak-ng lacks it.
    #[error("the machine voice does not speak {0:?}; choose another language or the altered voice")]
    Language(String),
    /// More than is read at once.
    #[error("the text has {chars} characters, {MOST_CHARS} at most are read; shorten it")]
    TooLong {
        /// How many it has.
        chars: usize,
    },
    /// Nothing in it can be said.
    #[error("there is nothing to say in the text; write the words that were spoken")]
    Nothing,
    /// The program failed.
    #[error("the machine voice failed ({0}); try again, or choose the altered voice")]
    Failed(String),
    /// The cage failed.
    #[error(transparent)]
    Cage(#[from] CageError),
}

impl Coded for SpeakError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "speak-missing",
            Self::Language(_) => "speak-language",
            Self::TooLong { .. } => "speak-too-long",
            Self::Nothing => "speak-nothing",
            Self::Failed(_) => "speak-failed",
            Self::Cage(e) => e.code(),
        }
    }
}

/// espeak-ng's version where it is installed, for `hamseda doctor`.
#[must_use]
pub fn machine_voice() -> Option<String> {
    let text = tool::output(&program()?, &["--version"])?;
    let line = text.lines().next()?;
    Some(line.split("  Data").next().unwrap_or(line).to_owned())
}

fn program() -> Option<PathBuf> {
    tool::find("espeak-ng")
}

impl Cage {
    /// Reads `text` aloud: one channel at 48 kHz, at most ten minutes.
    ///
    /// # Errors
    /// No machine voice, a language it doesn't speak, a text that is too long or empty, or a program that fails.
    pub fn speak(&self, text: &str, language: &str) -> Result<Vec<f32>, SpeakError> {
        let voice = SPOKEN.iter().find(|&&known| known == language);
        let voice = *voice.ok_or_else(|| SpeakError::Language(language.chars().take(16).collect()))?;
        let text = plain(text)?;
        let program = program().ok_or(SpeakError::Missing)?;
        let mut libraries = Libraries::of(&[&program]);
        libraries.folders.extend(data(&libraries));
        let most = HEADER as u64 + MOST_SECONDS * u64::from(RATE) * 2;
        let bounds = Bounds { cpu_seconds: 30, memory_bytes: 512 << 20, file_bytes: 0, wall: Duration::from_secs(60) };
        let arguments = ["-v", voice, "-s", WORDS_A_MINUTE, "-b", "1", "--stdin", "--stdout"].map(str::to_owned);
        let input = Input::File(media::sealed(text.as_bytes()).map_err(CageError::Start)?);
        let (command, before) = self.0.sandbox.command(&program, &libraries, &bounds)?;
        let mut job = Job::start(command, before, &arguments, input, &bounds)?;
        let mut printed = Vec::new();
        if let Some(stdout) = &mut job.stdout {
            stdout.take(most).read_to_end(&mut printed).map_err(CageError::from)?;
        }
        job.drain()?;
        let end = job.end()?;
        if let Some(cause) = end.ended_from_outside() {
            return Err(cause.into());
        }
        samples(&printed).ok_or_else(|| SpeakError::Failed(end.complaint.clone()))
    }
}

/// What may be said of a text: no control character (some are commands to espeak-ng), no bracket (phonemes and mark-up
/// hide in them), no mark that turns the line.
fn plain(text: &str) -> Result<String, SpeakError> {
    let chars = text.chars().take(MOST_CHARS * 4).count();
    if chars > MOST_CHARS {
        return Err(SpeakError::TooLong { chars: text.chars().count() });
    }
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let silent = |c: char| c.is_control() || turns(c) || "[]<>{}|\\&`~^_*#@".contains(c);
    let plain: String = text.chars().map(|c| if silent(c) { ' ' } else { c }).collect();
    if plain.chars().any(char::is_alphanumeric) { Ok(plain) } else { Err(SpeakError::Nothing) }
}

/// The folder of its voices, beside the libraries on Debian; nothing else outside them is shown. The program asks for it by
/// its real name, where the loader may have named a link.
fn data(libraries: &Libraries) -> Option<PathBuf> {
    let beside = libraries.folders.iter().map(|folder| folder.join("espeak-ng-data"));
    let found = beside.chain([PathBuf::from("/usr/share/espeak-ng-data")]).find(|folder| folder.is_dir())?;
    std::fs::canonicalize(found).ok()
}

/// One channel of 16 bits at [`RATE`], as 48 kHz. The header's length is a guess of a program that writes to a pipe.
fn samples(wav: &[u8]) -> Option<Vec<f32>> {
    let (header, sound) = wav.split_at_checked(HEADER)?;
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let known = header.starts_with(b"RIFF") && &header[8..16] == b"WAVEfmt " && &header[36..40] == b"data";
    // One channel of PCM; 16 bits a sample.
    if !known || number(20) != 0x0001_0001 || number(24) != RATE || number(34) & 0xffff != 16 || sound.len() < 2 {
        return None;
    }
    let narrow: Vec<f32> =
        sound.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect();
    Some(widen(&narrow))
}

/// 22.05 kHz → 48 kHz: exactly 320 samples for 147.
fn widen(narrow: &[f32]) -> Vec<f32> {
    const REACH: isize = 12;
    let value = |at: isize| usize::try_from(at).ok().and_then(|i| narrow.get(i)).copied().unwrap_or(0.0);
    let tap = |distance: f32| {
        let (sinc, window) = (std::f32::consts::PI * distance, std::f32::consts::PI * distance / (REACH + 1) as f32);
        if distance.abs() < 1e-6 { 1.0 } else { sinc.sin() / sinc * (0.5 + 0.5 * window.cos()) }
    };
    (0..narrow.len() * 320 / 147)
        .map(|i| {
            let (whole, part) = (i * 147 / 320, (i * 147 % 320) as f32 / 320.0);
            (1 - REACH..=REACH).map(|d| value(whole as isize + d) * tap(part - d as f32)).sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CageKind, CageOptions};

    /// Cages that stand here; none where there is no machine voice.
    fn cages() -> Vec<Cage> {
        if machine_voice().is_none() {
            println!("skipped: espeak-ng is not installed");
            return Vec::new();
        }
        let kinds = [CageKind::Bubblewrap, CageKind::Landlock];
        kinds.into_iter().filter_map(|kind| Cage::with(&CageOptions { kinds: vec![kind] }).ok()).collect()
    }

    fn loud(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn persian_arabic_and_english_are_read_aloud() {
        for cage in cages() {
            let texts =
                [("fa", "سلام. من از اینجا می‌گویم."), ("ar", "مرحبا، أنا أتكلم من هنا."), ("en", "Hello from here.")];
            for (language, text) in texts {
                let said = cage.speak(text, language).unwrap();
                let seconds = said.len() as f32 / 48_000.0;
                assert!((0.8..8.0).contains(&seconds), "{language}: {seconds} s in {:?}", cage.kind());
                assert!(loud(&said) > 0.01 && said.iter().all(|s| s.abs() < 1.5), "{language}");
            }
            let [short, long] = ["one", "one two three four five"].map(|t| cage.speak(t, "en").unwrap().len());
            assert!(long > short + 24_000, "what is said follows the text");
        }
    }

    #[test]
    fn rule_3_a_hostile_text_is_only_read_aloud() {
        for cage in cages() {
            let said = |text: &str| cage.speak(text, "en").unwrap();
            let mark_up = "<speak><audio src=\"file:///etc/passwd\"/><break time=\"600s\"/>hello</speak>";
            assert!(said(mark_up).len() < 48_000 * 20, "a break of ten minutes is not made");
            // Without brackets phonemes are letters; the commands after a control character are not obeyed.
            assert_eq!(said("[[h@l'oU]] word"), said("  h@l'oU   word"));
            assert_eq!(said("\u{1}1S slow words here"), said(" 1S slow words here"));
            assert!(said("-w /tmp/out -f /etc/passwd --path=/tmp").len() > 48_000, "options are words");
            assert!(said(&"a\0b ".repeat(20)).len() > 24_000);
        }
    }

    #[test]
    fn texts_that_say_nothing_or_too_much_are_refused() {
        let Some(cage) = cages().into_iter().next() else { return };
        let refused = |text: &str, language: &str| cage.speak(text, language).unwrap_err().code();
        assert_eq!(refused(&"word ".repeat(200_000), "en"), "speak-too-long");
        assert_eq!(refused(" <> [] \u{202e}", "en"), "speak-nothing");
        for language in ["", "ckb", "en+whisper", "../../etc", "--path=/tmp", "mb-us1"] {
            assert_eq!(refused("hello", language), "speak-language", "{language}");
        }
    }

    #[test]
    fn only_sound_of_the_known_form_is_taken() {
        assert_eq!(samples(b""), None);
        assert_eq!(samples(&[0; 100]), None);
        let tone: Vec<f32> = (0..2_205).map(|i| (i as f32 * 0.1).sin()).collect();
        let wide = widen(&tone);
        assert_eq!(wide.len(), 4_800);
        for (i, sample) in wide.iter().enumerate().skip(100).take(4_500) {
            assert!((sample - (i as f32 * 147.0 / 320.0 * 0.1).sin()).abs() < 0.01, "sample {i}");
        }
    }
}
