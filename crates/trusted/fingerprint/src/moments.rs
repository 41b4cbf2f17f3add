//! Key moments: which pictures of a clip are hashed. One after each cut, and the calmest of each tenth of the clip, so that
//! a copy with other ends gives mostly the same ones.

use std::ops::Range;

/// Most moments of a clip.
pub(crate) const MOST_MOMENTS: usize = 10;
/// A change this many times the usual one is a cut.
const CUT: f32 = 8.0;
/// And at least this many luma levels on average.
const LEAST_CUT: f32 = 12.0;
/// Calm is measured over so many pictures before and after.
const AROUND: usize = 2;

/// Numbers of the chosen pictures, ascending, where `changes[i]` is the mean difference between picture `i` and the one
/// before (0 for the first).
pub(crate) fn choose(changes: &[f32]) -> Vec<usize> {
    let mut chosen = cuts(changes);
    let free = MOST_MOMENTS - chosen.len();
    let parts = free.min(changes.len());
    for part in 0..parts {
        let range = part * changes.len() / parts..(part + 1) * changes.len() / parts;
        chosen.extend(calmest(changes, range));
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// Pictures right after a cut: at most half of all moments, those of the greatest changes.
fn cuts(changes: &[f32]) -> Vec<usize> {
    let mut sorted = changes.to_vec();
    sorted.sort_by(f32::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let is_cut = |i: &usize| changes[*i] > LEAST_CUT.max(usual * CUT);
    let mut cuts: Vec<usize> = (0..changes.len()).filter(is_cut).collect();
    cuts.sort_by(|a, b| changes[*b].total_cmp(&changes[*a]));
    cuts.truncate(MOST_MOMENTS / 2);
    // The picture of the cut itself may hold frames from both sides of it.
    cuts.iter().map(|&i| (i + 1).min(changes.len() - 1)).collect()
}

fn calmest(changes: &[f32], range: Range<usize>) -> Option<usize> {
    let stir = |i: usize| {
        let around = i.saturating_sub(AROUND)..(i + AROUND + 1).min(changes.len());
        let count = around.len() as f32;
        changes[around].iter().sum::<f32>() / count
    };
    range.min_by(|&a, &b| stir(a).total_cmp(&stir(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_calm_moments_are_chosen() {
        let mut changes = vec![2.0; 100];
        changes[40] = 60.0;
        changes[23..28].fill(0.5);
        let chosen = choose(&changes);
        assert!(chosen.contains(&41) && chosen.contains(&25), "{chosen:?}");
        assert!(chosen.len() <= MOST_MOMENTS && chosen.is_sorted());
        // The same clip without its first second.
        let later: Vec<usize> = choose(&changes[10..]).iter().map(|i| i + 10).collect();
        assert!(later.contains(&41) && later.contains(&25), "{later:?}");
    }

    #[test]
    fn clips_of_any_length_have_moments() {
        assert!(choose(&[]).is_empty());
        assert_eq!(choose(&[0.0]), [0]);
        for length in 1..60 {
            let chosen = choose(&vec![1.0; length]);
            assert!(!chosen.is_empty() && chosen.iter().all(|&i| i < length));
        }
    }
}
