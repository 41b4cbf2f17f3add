//! A small software renderer: paths, gradients, coverage, pictures of 8-bit RGB.
//!
//! Refuses: text, files and anything hardware. It exists so that the demo's people can be drawn on a machine that has
//! only a compiler, and so that the same seed draws the same pixels everywhere.

mod canvas;
mod colour;
mod path;
mod raster;

pub(crate) use canvas::Canvas;
pub(crate) use colour::{Paint, Rgb};
pub(crate) use path::{Affine, Path, Point, pt};
pub(crate) use raster::Coverage;
