use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Endpoint protection. A value with no product means the probe worked and found none; a section without
/// value means nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Antivirus {
    pub products: Vec<Product>,
    pub firewall: Vec<FirewallProfile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    pub name: String,
    #[serde(default)]
    pub vendor: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    pub state: ProductState,
    #[serde(default)]
    pub signatures: Signatures,
    /// What told it: `SecurityCenter2`, `clamd`, `mdatp`, …
    pub source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProductState {
    On,
    Off,
    Snoozed,
    Expired,
    /// Installed and stepping back for another product.
    Passive,
    Unknown,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Signatures {
    pub state: SignatureState,
    pub version: Option<String>,
    /// Version of what applies them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// When the signatures were made.
    pub updated_at: Option<Timestamp>,
}

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// The product calls them current.
    Current,
    /// The product calls them out of date.
    Old,
    #[default]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FirewallProfile {
    /// `domain`, `private`, `public` on Windows; the service's name elsewhere.
    pub profile: String,
    pub enabled: Option<bool>,
}
