//! Files: reading a vault whole, replacing it so that a crash leaves the old or the new one, the lock that
//! orders savers, back-ups, and what this installation remembers. Nothing above this layer touches the disk.

pub mod atomic;
pub mod backup;
pub mod breaches;
pub mod conflict;
pub mod disk;
pub mod erase;
pub mod error;
pub mod exposure;
pub mod file;
pub mod lock;
pub mod machine;
pub mod reminder;
pub mod rights;
pub mod state;
pub mod ticks;
pub mod tree;

pub use disk::{Disk, System};
pub use error::StoreError;
pub use file::{read_private, write_new};
