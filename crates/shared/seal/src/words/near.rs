//! Words that somebody may have meant.

use super::fold;

/// Most words to propose.
const MOST: usize = 3;

/// The words whose sound differs least from `sound`, by at most two slips (one in a word of up to three letters).
pub(super) fn among(words: &[&'static str], sound: &str) -> Vec<&'static str> {
    let letters: Vec<char> = sound.chars().collect();
    let mut best = if letters.len() > 3 { 2 } else { 1 };
    let mut near = Vec::new();
    for word in words {
        let other: Vec<char> = fold::sound(word).chars().collect();
        if other.len().abs_diff(letters.len()) > best {
            continue;
        }
        let slips = slips(&letters, &other);
        if slips < best {
            best = slips;
            near.clear();
        }
        if slips == best && near.len() < MOST {
            near.push(*word);
        }
    }
    near
}

/// How many letters were left out, added, changed or swapped with their neighbour (optimal string alignment).
pub(super) fn slips(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
