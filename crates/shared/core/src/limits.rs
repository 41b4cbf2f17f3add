//! Bounds, in one place, passed in. Meeting one is an error a person can read.

/// Upper bounds on what is accepted from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest clip inside a seal, bytes.
    pub clip_bytes: u64,
    /// Longest clip, milliseconds.
    pub clip_millis: u64,
    /// Largest picture side a decoder may produce, pixels.
    pub side_pixels: u32,
    /// Most streams in a container.
    pub streams: u32,
    /// Longest pseudonym, characters.
    pub pseudonym_chars: usize,
    /// Largest body of one tus PATCH, bytes.
    pub patch_bytes: u64,
    /// Unfinished uploads at one time.
    pub open_uploads: u32,
    /// Bytes the intake may hold before it says "full".
    pub inbox_bytes: u64,
    /// Of these, bytes that uninvited uploads may take. The rest is kept for the invited.
    pub quarantine_bytes: u64,
    /// Days after which an unfinished upload is removed.
    pub upload_days: i32,
}

impl Limits {
    /// What a small server (2 cores) holds.
    pub const DEFAULT: Self = Self {
        clip_bytes: 512 * 1024 * 1024,
        clip_millis: 10 * 60 * 1000,
        side_pixels: 4096,
        streams: 16,
        pseudonym_chars: 40,
        patch_bytes: 8 * 1024 * 1024,
        open_uploads: 10_000,
        inbox_bytes: 200 * 1024 * 1024 * 1024,
        quarantine_bytes: 100 * 1024 * 1024 * 1024,
        upload_days: 14,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
