//! Builders and helpers shared by the scenarios.
