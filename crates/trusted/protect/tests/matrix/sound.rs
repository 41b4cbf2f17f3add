//! What is heard: something like a voice all the time, and a beep with every flash.

use std::f64::consts::TAU;

use super::{MILLIS, flashes, seconds};

/// A beep's pitch, hertz: far above the voice, and still in what old phones keep.
const BEEP: f64 = 3_000.0;
const BEEP_LOUD: f64 = 0.25;
const VOICE: f64 = 140.0;
const VOICE_LOUD: f64 = 0.1;
/// Lips burst: twice a second, 5 ms, far louder than the voice, so that it can only be brought to its loudness by limiting.
const BURST_LOUD: f64 = 0.7;
const BURST: f64 = 0.005;

/// Interleaved samples of a clip's sound. It begins `late` seconds after the picture (or before it, when negative).
pub(super) fn samples(rate: u32, channels: u32, late: f64) -> Vec<f32> {
    let count = ((seconds(MILLIS) - late) * f64::from(rate)).round() as u32;
    let times = (0..count).map(|i| f64::from(i) / f64::from(rate) + late);
    times.flat_map(|t| std::iter::repeat_n(sample(t) as f32, channels as usize)).collect()
}

fn sample(time: f64) -> f64 {
    let syllable = 0.6 + 0.4 * (time * TAU * 4.0).sin();
    let voice: f64 = (1..4).map(|n| (time * TAU * VOICE * f64::from(n)).sin() / f64::from(n)).sum();
    let beep = if flashes(time) { BEEP_LOUD * (time * TAU * BEEP).sin() } else { 0.0 };
    let since = (time + 0.25).rem_euclid(0.5);
    let burst = if since < BURST { BURST_LOUD * (since / BURST * TAU / 2.0).sin() } else { 0.0 };
    VOICE_LOUD * syllable * voice + beep + burst
}

/// Samples of one channel on both sides of a place in which loudness is measured: 2 ms at 48 kHz.
const AROUND: usize = 96;

/// When beeps begin in a sound of one channel at 48 kHz, seconds.
pub(super) fn beeps(samples: &[f32]) -> Vec<f64> {
    // The difference of neighbours hears a beep 27 dB louder than a voice that is as loud.
    let steep: Vec<f64> = samples.windows(2).map(|w| f64::from(w[1] - w[0]).powi(2)).collect();
    let mut sums = vec![0.0];
    for value in &steep {
        sums.push(sums[sums.len() - 1] + value);
    }
    let power = |i: usize| sums[(i + AROUND).min(steep.len())] - sums[i.saturating_sub(AROUND)];
    let most = (0..steep.len()).map(power).fold(0.0, f64::max);
    let mut found = Vec::new();
    let mut loud_until = 0;
    for i in 0..steep.len() {
        if power(i) > most * 0.4 {
            // A pause of 0.3 s makes a new beep.
            if i > loud_until {
                found.push(i as f64 / 48_000.0);
            }
            loud_until = i + 14_400;
        }
    }
    found
}

/// AMR frames (12.2 kbit/s) in a file of their own: noise while it beeps, next to nothing else. There is no free encoder on
/// every machine, and a decoder turns any bits into sound.
pub(super) fn amr() -> Vec<u8> {
    let mut file = b"#!AMR\n".to_vec();
    let mut state = 0u32;
    for frame in 0..MILLIS / 20 {
        let speech = flashes(seconds(frame * 20));
        // Every beep has the same bits.
        state = if speech { state } else { 7 };
        // Frame type 7 has 244 bits; with none of them set it is almost silent.
        file.push(7 << 3 | 4);
        for _ in 0..31 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            file.push(if speech { (state >> 24) as u8 } else { 0 });
        }
    }
    file
}
