//! Clients: tus, also through SOCKS, and the pull from the intake.
