//! The private HTTP server: review queue.
