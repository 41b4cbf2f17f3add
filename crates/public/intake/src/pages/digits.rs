//! Hashes as people compare them.

/// A hash in groups of four digits, as paper prints it.
pub(super) fn groups(hash: &str) -> impl Iterator<Item = &str> {
    (0..hash.len()).step_by(4).filter_map(|at| hash.get(at..at + 4))
}
