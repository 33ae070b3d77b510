//! What the API does, through its own doors.
