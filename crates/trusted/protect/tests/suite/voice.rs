//! Messages in another voice.

use hamseda_core::{Picture, Voice};
use hamseda_protect::{PictureTreatment, VoiceTreatment};

use crate::common::{Made, clip, make, names};

/// A hum of 210 Hz with many overtones that comes and goes, as a voice does.
fn message() -> Vec<u8> {
    let hum = "aevalsrc='0.3*lt(mod(t*210\\,1)\\,0.1)*gt(sin(8*t)\\,-0.3)':s=48000:d=3";
    let picture = "-f lavfi -i color=gray:s=320x180:r=30:d=3";
    clip("mp4", &format!("{picture} -f lavfi -i {hum} -c:v libx264 -pix_fmt yuv420p -c:a aac -shortest"))
}

/// How much of the sound repeats at a pitch, 0 to 1.
fn at_pitch(made: &Made, hertz: f32) -> f32 {
    let samples: Vec<f32> = made.decode().1.samples.chunks_exact(2).map(|pair| pair[0]).collect();
    let period = (48_000.0 / hertz) as usize;
    let pairs = samples.iter().zip(&samples[period..]);
    let power: f32 = samples.iter().map(|s| s * s).sum();
    pairs.map(|(a, b)| a * b).sum::<f32>() / power
}

#[test]
fn rule_4_an_altered_voice_is_heard_and_the_speakers_is_not() {
    let source = message();
    let kept = make(&source, Picture::Show, Voice::Keep).unwrap();
    assert!(at_pitch(&kept, 210.0) > 0.8, "{}", at_pitch(&kept, 210.0));
    let made = [Picture::Show, Picture::Hide].map(|picture| make(&source, picture, Voice::Alter).unwrap());
    for made in &made {
        assert_eq!(names(made.folder.path()), ["master.mp4", "poster.jpg", "tiles.bin"]);
        assert!(made.prepared.sound);
        assert_eq!(made.prepared.report.treatment.voice, VoiceTreatment::Altered);
        let told = made.prepared.report.voice.unwrap();
        assert_eq!(told.version, hamseda_voice::VERSION);
        let samples = made.decode().1.samples;
        assert!(samples.iter().any(|s| s.abs() > 0.05));
        // Nothing lies to one side: where somebody sat doesn't show. AAC fills what is mere noise in each channel anew.
        let power = |mix: fn(f32, f32) -> f32| samples.chunks_exact(2).map(|p| mix(p[0], p[1]).powi(2)).sum::<f32>();
        let aside = power(|left, right| left - right) / power(|left, right| left + right);
        assert!(aside < 0.02, "{aside}");
    }
    assert_eq!(made.each_ref().map(|m| m.prepared.shown), [true, false]);
    assert_eq!(made[1].prepared.report.treatment.picture, PictureTreatment::Card);
    // The drawn pitch may come near the source's once, not twice.
    let least = made.iter().map(|m| at_pitch(m, 210.0)).fold(1.0, f32::min);
    assert!(least < 0.6, "{least} of the sound is still at the speaker's pitch");
    let [one, two] = made.map(|m| m.decode().1.samples);
    assert_ne!(one, two, "a voice is drawn once");
}
