//! Copies meet: whatever order they meet in, they end up equal and no word is lost (architecture.md §5, §6).

mod copies;
mod forks;
mod refused;
mod retold;
mod terminal;
