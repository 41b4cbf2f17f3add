//! The room as other crates see it: the tree against an oracle, any changed bit named, cheats caught, vectors kept.

#[cfg(test)]
mod bits;
#[cfg(test)]
mod cheats;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod merkle;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vectors;
