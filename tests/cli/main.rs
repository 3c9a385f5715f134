//! The command contract, by the real program: what each command prints and where, what it changes, and its exit
//! status. Mostly failures. Every run has a home of its own and no terminal, unless a test gives it one.

mod accounts;
mod add;
mod audit;
mod backup;
mod backup_codes;
mod changed;
mod codes;
mod copy;
mod damage;
mod disk_full;
mod doctor;
mod edit;
mod exchange;
#[path = "../figures/mod.rs"]
mod figures;
mod forgot;
mod generate;
mod help;
mod home;
mod hostile;
mod hygiene;
mod keepass;
mod keys;
mod kills;
mod kit;
mod list;
mod merge;
mod passwords;
mod places;
mod query;
mod recipes;
mod rollback;
mod rotate;
mod save;
mod sealed_exports;
mod sites;
mod streams;
mod syscalls;
mod tables;
mod terminal;
mod trash;
mod trashed;
mod trees;
mod undo;
mod vault;
// Of the world, only which tools are there.
#[allow(dead_code)]
#[path = "../world/mod.rs"]
mod world;
mod writers;
