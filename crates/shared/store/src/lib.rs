//! Plumbing for SQL (SQLite or PostgreSQL) and blobs (files or S3).
