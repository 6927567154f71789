use reqwest::ClientBuilder;

/// SO_BINDTODEVICE.
pub fn over(builder: ClientBuilder, interface: &str) -> ClientBuilder {
    builder.interface(interface)
}
