//! Simulated agents that speak the real protocol: own keys, enrolment over HTTPS, sealed reports over
//! mutual TLS, and the signed `stored` waited for. Only the machines are invented.

pub mod address;
pub mod agent;
pub mod catalogue;
pub mod change;
pub mod enrolment;
pub mod files;
pub mod generate;
pub mod identity;
pub mod live;
pub mod load;
pub mod machine;
pub mod once;
pub mod profile;
pub mod report;
pub mod session;
pub mod units;
