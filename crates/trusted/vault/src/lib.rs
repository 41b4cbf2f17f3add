//! Messages, decisions, leaves, custody, artefacts, jobs with leases.
