//! What the bot does, through its own doors.
