//! Trouble with the file or the disk. Clients see one code of the real server; the titles tell what it is.

use super::{Family, Kind};

macro_rules! troubles {
    ($($name:ident: $title:literal,)*) => {$(
        pub(crate) static $name: Kind = Kind {
            code: "UNAVAILABLE_DATABASE",
            family: Family::Server,
            scope: "DATABASE",
            title: $title,
            http_status: 200,
        };
    )*};
}

troubles! {
    DISK_FULL: "Disk is full",
    MEMORY_FULL: "Database in memory is full",
    READ_ONLY: "Database file is read-only",
    DAMAGED: "Database file is damaged",
    MOVED: "Data directory was removed",
    UNREACHABLE: "Database file cannot be opened",
    FAILING: "Disk failed",
}
