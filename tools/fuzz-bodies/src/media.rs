//! Clips, and what comes out of the cage about them.

use hamseda_cage::{CageError, Container, Media, Probe, read_report};
use hamseda_core::{Coded as _, Limits};

/// A clip's first bytes: every file is named or refused in words; what follows changes no name.
pub fn sniff(data: &[u8]) {
    match Media::new(data) {
        Ok(media) if media.container() != Container::Mov => {
            let longer =
                Media::new(&[data, b"#EXTM3U\nfile:///etc/passwd\n"].concat()).expect("a clip with a tail is one");
            assert_eq!(longer.container(), media.container());
        }
        Ok(media) => assert_eq!(media.len(), data.len() as u64),
        Err(error) => refusal(&error.into()),
    }
}

/// ffprobe's answer: what is taken stays within the limits, so that nothing is asked of a decoder beyond them.
pub fn probe(data: &[u8]) {
    let limits = Limits::DEFAULT;
    match Probe::read(data, Container::Mov, &limits) {
        Ok(probe) => {
            assert!((1..=limits.streams).contains(&probe.streams));
            assert!(probe.video.iter().all(|v| v.width.max(v.height) <= limits.side_pixels));
            assert!(probe.video.iter().all(|v| v.pixel_aspect.0 > 0 && v.pixel_aspect.1 > 0));
            assert!(probe.millis.is_none_or(|millis| millis <= limits.clip_millis));
            if let Some(picture) = probe.picture() {
                let (width, height) = picture.upright_size();
                assert!(width > 0 && height > 0, "a picture to decode has a size");
            }
        }
        Err(error) => refusal(&error),
    }
}

/// What a stand-in for an exploited decoder printed: its words come out short and printable.
pub fn report(data: &[u8]) {
    for (_, by) in read_report(data) {
        assert!(by.len() <= 120 && by.chars().all(|c| matches!(c, ' '..='~')), "{by:?}");
    }
}

/// A refusal blames the clip and can be read.
fn refusal(error: &CageError) {
    assert!(error.blames_clip() && error.code().starts_with("media-"), "{error}");
    let sentence = error.to_string();
    assert!(sentence.len() > 30 && !sentence.contains(char::is_control), "{sentence:?}");
}
