//! Whether the process is up, and whether it can do its work.
