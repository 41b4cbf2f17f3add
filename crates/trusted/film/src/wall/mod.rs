//! The wall.

mod camera;
mod layout;
mod sample;
