//! A sealed message becomes a protected master, tiles, poster.
