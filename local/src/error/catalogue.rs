//! How a scope lists its kinds.

/// Declares the kinds of one scope: `CODE: "title",` each, with an HTTP status before the colon where it is not 200.
macro_rules! kinds {
    ($family:ident, $scope:literal, { $($code:ident $(($status:literal))?: $title:literal,)* }) => {$(
        #[allow(dead_code, reason = "the catalogue is complete; a few kinds have no cause in this implementation")]
        pub(crate) static $code: $crate::error::Kind = $crate::error::Kind {
            code: stringify!($code),
            family: $crate::error::Family::$family,
            scope: $scope,
            title: $title,
            http_status: $crate::error::catalogue::status!($($status)?),
        };
    )*};
}

macro_rules! status {
    () => {
        200
    };
    ($status:literal) => {
        $status
    };
}

pub(super) use {kinds, status};
