//! The collector: ingress → ingest → store → search | rules → forms | procurement → export | web.
//! Nothing upstream imports downstream; only `app` wires.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod archive;
pub mod command;
pub mod control;
pub mod date;
pub mod derived;
pub mod export;
pub mod forms;
pub mod identity;
pub mod ingest;
pub mod ingress;
pub mod inventory;
pub mod money;
pub mod outbox;
pub mod procurement;
pub mod reference;
pub mod release;
pub mod remote;
pub mod rules;
pub mod search;
pub mod serve;
pub mod settings;
pub mod store;
pub mod text;
pub mod web;
