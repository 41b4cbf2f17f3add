//! Fonts, styles and scripts built from web/, embedded.
