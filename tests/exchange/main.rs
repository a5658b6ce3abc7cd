//! Copies meet: whatever order they meet in, they end up equal and no word is lost (architecture.md §5, §6).

mod batches;
mod copies;
mod declined;
mod disks;
mod due;
mod erasures;
mod fixtures;
mod flips;
mod forks;
mod given;
mod journals;
mod kills;
mod logs;
mod oracle;
mod partings;
mod refused;
mod retold;
mod simulator;
mod syncthing;
mod terminal;
mod typing;
mod typists;
mod undoing;
mod unions;
