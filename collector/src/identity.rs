//! Who is who: the CA and its certificates, the keys of the collector, enrolment tokens, enrolment itself.

pub mod authority;
pub mod files;
pub mod keys;
pub mod password;
pub mod token;
