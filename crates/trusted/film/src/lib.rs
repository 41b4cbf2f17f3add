//! Programme to cards, film, wall.
