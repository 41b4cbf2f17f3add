//! What must hold of every voice.

use hamseda_core::{OsRandom, Random};
use proptest::prelude::*;

use crate::accent::Accent;
use crate::book::BOOK;
use crate::cepstrum::{Cepstrum, ORDER, cepstrum};
use crate::spectrum::Fourier;
use crate::{alter, convert, envelope, pitch, resample, speech};

/// The same chance each time, so that two runs can be compared.
struct Fixed(u8);

impl Random for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().enumerate().for_each(|(i, b)| *b = self.0.wrapping_mul(37).wrapping_add(i as u8));
    }
}

const RATE: f32 = 48_000.0;

/// A vowel: pulses of pitch `hertz` (a course of it) through resonances, stereo at 48 kHz.
fn vowel(hertz: impl Fn(f32) -> f32, formants: &[(f32, f32)], seconds: f32) -> Vec<f32> {
    let count = (seconds * RATE) as usize;
    let mut phase = 0.0;
    let mut signal: Vec<f32> = (0..count)
        .map(|i| {
            phase += hertz(i as f32 / RATE) / RATE;
            let pulse = phase >= 1.0;
            phase -= f32::from(u8::from(pulse));
            if pulse { 1.0 } else { 0.0 }
        })
        .collect();
    for &(middle, width) in formants {
        let radius = (-std::f32::consts::PI * width / RATE).exp();
        let (a, b) = (2.0 * radius * (std::f32::consts::TAU * middle / RATE).cos(), -radius * radius);
        let (mut one, mut two) = (0.0, 0.0);
        for sample in &mut signal {
            let now = *sample + a * one + b * two;
            (two, one) = (one, now);
            *sample = now;
        }
    }
    let peak = signal.iter().fold(1e-9f32, |m, s| m.max(s.abs()));
    signal.into_iter().flat_map(|s| [0.5 * s / peak; 2]).collect()
}

const A: &[(f32, f32)] = &[(700.0, 80.0), (1_200.0, 90.0), (2_600.0, 150.0)];
const I: &[(f32, f32)] = &[(300.0, 60.0), (2_300.0, 120.0), (3_000.0, 180.0)];

/// "a-i-a-i", half a second each, with pauses.
fn message(hertz: fn(f32) -> f32) -> Vec<f32> {
    let parts = [A, I, A, I].map(|formants| [vowel(hertz, formants, 0.5), vec![0.0; 19_200]].concat());
    parts.concat()
}

fn low(stereo: &[f32]) -> Vec<f32> {
    resample::down(&stereo.chunks_exact(2).map(|pair| pair[0]).collect::<Vec<_>>())
}

/// The pitch that is heard in voiced moments.
fn melody(stereo: &[f32]) -> Vec<f32> {
    pitch::pitches(&low(stereo)).into_iter().map(|p| if p.voiced > 0.9 { p.hertz } else { 0.0 }).collect()
}

fn pitch_shapes(source: &[f32], chance: u8) -> Vec<u32> {
    let accent = Accent::draw(&mut Fixed(chance), &BOOK);
    let frames = envelope::frames(&low(source), &mut Fourier::new());
    let shapes = convert::shapes(&speech::moments(&frames), &accent, &BOOK);
    shapes.iter().map(|shape| shape.hertz.to_bits()).collect()
}

#[test]
fn rule_4_the_speakers_pitch_does_not_survive() {
    let voices: [fn(f32) -> f32; 3] = [|_| 95.0, |_| 210.0, |t| 110.0 + 40.0 * (t * 9.0).sin()];
    let [low_voice, high_voice, singing] = voices.map(message);
    assert_eq!(pitch_shapes(&low_voice, 1), pitch_shapes(&high_voice, 1), "the melody is drawn, never read");
    assert_eq!(pitch_shapes(&low_voice, 1), pitch_shapes(&singing, 1));
    // And so it is heard: where both results are voiced, they have the same pitch.
    let heard = [&low_voice, &high_voice, &singing].map(|m| melody(&alter(m, &mut Fixed(1)).samples));
    for other in &heard[1..] {
        let both: Vec<(f32, f32)> =
            heard[0].iter().zip(other).filter(|(a, b)| **a > 0.0 && **b > 0.0).map(|(a, b)| (*a, *b)).collect();
        let near = both.iter().filter(|(a, b)| (a / b).ln().abs() < 0.06).count();
        assert!(both.len() > 60, "{} moments are voiced in both", both.len());
        assert!(near * 10 > both.len() * 9, "{near} of {} moments have one pitch", both.len());
    }
    // The source's own pitch is not in it.
    let own = heard[1].iter().filter(|h| (*h / 210.0).ln().abs() < 0.02).count();
    assert!(own * 20 < heard[1].len(), "{own} moments at the source's pitch");
}

/// Mean envelope of what is said.
fn long_term(samples: &[f32]) -> Cepstrum {
    let frames = envelope::frames(&low(samples), &mut Fourier::new());
    let loud = frames.iter().map(|f| f.power).fold(f32::MIN, f32::max) - 6.0;
    let said: Vec<Cepstrum> = frames.iter().filter(|f| f.power > loud).map(|f| cepstrum(&f.bands)).collect();
    std::array::from_fn(|k| said.iter().map(|c| c[k]).sum::<f32>() / said.len() as f32)
}

fn apart(a: &Cepstrum, b: &Cepstrum) -> f32 {
    (1..ORDER).map(|k| (a[k] - b[k]).powi(2)).sum::<f32>().sqrt()
}

/// A microphone with another slope: each sample less a share of the one before.
fn through_microphone(samples: &[f32], share: f32) -> Vec<f32> {
    let mut out = samples.to_vec();
    (2..out.len()).for_each(|i| out[i] = samples[i] - share * samples[i - 2]);
    out
}

#[test]
fn rule_4_the_long_term_spectrum_does_not_survive() {
    let near = message(|_| 120.0);
    let bright = through_microphone(&near, 0.9);
    let before = apart(&long_term(&near), &long_term(&bright));
    let [a, b] = [&near, &bright].map(|m| long_term(&alter(m, &mut Fixed(2)).samples));
    assert!(before > 0.9, "the microphones differ by {before}");
    assert!(apart(&a, &b) < before / 6.0, "{} is left of {before}", apart(&a, &b));
}

#[test]
fn two_messages_never_get_the_same_voice() {
    let source = message(|_| 120.0);
    let voices: Vec<Cepstrum> = (0..6).map(|_| long_term(&alter(&source, &mut OsRandom).samples)).collect();
    for (i, one) in voices.iter().enumerate() {
        for other in &voices[..i] {
            assert!(apart(one, other) > 0.05, "two voices differ by {}", apart(one, other));
        }
    }
    // And the same chance gives the same voice: nothing else is random.
    assert_eq!(alter(&source, &mut Fixed(3)), alter(&source, &mut Fixed(3)));
}

#[test]
fn words_stay_where_they_were_to_twenty_milliseconds() {
    let source = message(|_| 130.0);
    let out = alter(&source, &mut OsRandom).samples;
    let loudness = |samples: &[f32]| -> Vec<f32> {
        samples.chunks(960).map(|c| (c.iter().map(|s| s * s).sum::<f32>() / c.len() as f32).sqrt()).collect()
    };
    let (before, after) = (loudness(&source), loudness(&out));
    let loud = |levels: &[f32]| levels.iter().fold(0.0f32, |m, l| m.max(*l)) * 0.1;
    let begins = |levels: &[f32]| -> Vec<usize> {
        let least = loud(levels);
        (1..levels.len()).filter(|&i| levels[i] > least && levels[i - 1] <= least).collect()
    };
    let (before, after) = (begins(&before), begins(&after));
    assert!(before.len() >= 3, "{before:?}");
    for start in &before {
        // Ten milliseconds a step.
        assert!(after.iter().any(|a| a.abs_diff(*start) <= 2), "{before:?} {after:?}");
    }
}

#[test]
fn silence_stays_silence() {
    for samples in [vec![0.0; 96_000], vec![1e-6; 96_000], vec![]] {
        let out = alter(&samples, &mut OsRandom).samples;
        assert_eq!(out.len(), samples.len());
        assert!(out.iter().all(|&s| s == 0.0));
    }
    // A pause within a message too, but for the filters' ringing.
    let mut samples = message(|_| 120.0);
    samples.extend(vec![0.0; 96_000]);
    let out = alter(&samples, &mut OsRandom).samples;
    let end = &out[out.len() - 80_000..];
    assert!(end.iter().all(|s| s.abs() < 1e-4));
}

#[test]
fn both_channels_are_alike_and_the_report_tells_nothing() {
    let source = message(|_| 120.0);
    let altered = alter(&source, &mut OsRandom);
    assert!(altered.samples.chunks_exact(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(format!("{:?}", altered.report), "Report { version: 1, millis: 2800 }");
}

/// Anything a decoder might give, however mad.
fn sample() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -1.0f32..1.0,
        1 => Just(0.0),
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(f32::MAX), Just(1e-40)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_samples_give_as_many_finite_ones(samples in prop::collection::vec(sample(), 0..20_000)) {
        let out = alter(&samples, &mut OsRandom).samples;
        prop_assert_eq!(out.len(), samples.len());
        prop_assert!(out.iter().all(|s| s.is_finite() && s.abs() < 32.0));
    }

    #[test]
    fn a_tone_of_any_pitch_and_loudness_is_survived(hertz in 20.0f32..20_000.0, loud in 0.0f32..1.0) {
        let wave = |i: usize| loud * (std::f32::consts::TAU * hertz * (i / 2) as f32 / RATE).sin();
        let out = alter(&(0..24_000).map(wave).collect::<Vec<_>>(), &mut OsRandom).samples;
        prop_assert!(out.iter().all(|s| s.is_finite()));
    }
}
