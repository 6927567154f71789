//! Who is who: the CA and its certificates, the keys of the collector, enrolment tokens, enrolment itself.

pub mod api;
pub mod assignment;
pub mod authority;
pub mod directory;
pub mod enrolment;
pub mod files;
pub mod fingerprint;
pub mod keys;
pub mod password;
pub mod refusal;
pub mod renewal;
pub mod token;
pub mod vault;

#[cfg(test)]
mod tests;
