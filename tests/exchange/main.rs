//! Copies meet: whatever order they meet in, they end up equal and no word is lost (architecture.md §5, §6).

mod copies;
mod declined;
mod erasures;
mod faults;
mod fixtures;
mod forks;
mod given;
mod oracle;
mod refused;
mod retold;
mod simulator;
mod syncthing;
mod terminal;
