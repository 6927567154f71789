use crate::probe::network;
use reqwest::ClientBuilder;

/// Since Vista the address to send from decides on the interface.
pub fn over(builder: ClientBuilder, interface: &str) -> ClientBuilder {
    builder.local_address(network::source_address(interface))
}
