//! The film's plan: parse, choose, cost; pure.
