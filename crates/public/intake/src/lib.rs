//! The public HTTP server: pages, tus, pull API; blind.
