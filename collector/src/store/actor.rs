//! Who does what no user does. Stands where else the name of a user stands, so no user has such a name.

/// Someone on the server, who needs no account.
pub const COMMAND_LINE: &str = "command-line";
/// The collector itself.
pub const COLLECTOR: &str = "collector";
/// An agent, by a token or a certificate that it had.
pub const ENROLMENT: &str = "enrolment";

pub const ALL: [&str; 3] = [COMMAND_LINE, COLLECTOR, ENROLMENT];
