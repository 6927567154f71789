use super::{Office, weighted};
use crate::fleet::catalogue::ProtectionModel;
use anyhow::Result;
use kiemke_schemas::section::{
    antivirus::{Antivirus, FirewallProfile, Product, ProductState, SignatureState, Signatures},
    software::{Package, PackageSource, Software},
};
use rand::{
    RngExt,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};

const DEFENDER: &str = "Microsoft Defender Antivirus";

/// One product on with signatures of the last day; where it is not Defender, Defender steps back.
pub fn protection(office: &Office<'_>, rng: &mut StdRng) -> Result<Antivirus> {
    let models = &office.catalogue.protection;
    let chosen = weighted(models, rng, |model| model.weight)?;
    let mut products = vec![product(office, chosen, ProductState::On, rng)];
    if chosen.name != DEFENDER
        && let Some(defender) = models.iter().find(|model| model.name == DEFENDER)
    {
        products.push(product(office, defender, ProductState::Passive, rng));
    }
    let profile = |name: &str| FirewallProfile { profile: name.to_owned(), enabled: Some(true) };
    Ok(Antivirus { products, firewall: ["domain", "private", "public"].map(profile).to_vec() })
}

fn product(office: &Office<'_>, model: &ProtectionModel, state: ProductState, rng: &mut StdRng) -> Product {
    Product {
        name: model.name.clone(),
        vendor: Some(model.vendor.clone()),
        version: Some(model.version.clone()),
        state,
        signatures: Signatures {
            state: SignatureState::Current,
            version: (model.name == DEFENDER).then(|| format!("1.437.{}.0", rng.random_range(10..900))),
            updated_at: Some(office.hours_ago(rng.random_range(1..20))),
            ..Signatures::default()
        },
        source: "SecurityCenter2".into(),
    }
}

/// 60 to 120 programs as the registry lists them.
pub fn programs(office: &Office<'_>, rng: &mut StdRng) -> Software {
    let all = &office.catalogue.programs;
    let mut chosen: Vec<_> = (0..all.len()).collect();
    chosen.shuffle(rng);
    chosen.truncate(rng.random_range(60..=120));
    chosen.sort_unstable_by(|a, b| all[*a].name.cmp(&all[*b].name));
    let package = |index: usize| {
        let program = &all[index];
        let versions: Vec<_> = program.versions.split(';').collect();
        Package {
            name: program.name.clone(),
            version: versions.choose(rng).map(|version| (*version).to_owned()),
            publisher: Some(program.publisher.clone()),
            architecture: None,
            source: PackageSource::Registry,
            installed_on: Some(office.days_ago(rng.random_range(1..700))),
        }
    };
    let packages = chosen.into_iter().map(package).collect();
    Software { packages, last_patched_on: Some(office.days_ago(rng.random_range(2..25))) }
}

pub fn clamav(office: &Office<'_>, rng: &mut StdRng) -> Antivirus {
    Antivirus {
        products: vec![Product {
            name: "ClamAV".into(),
            vendor: Some("Cisco".into()),
            version: Some("1.4.3".into()),
            state: ProductState::On,
            signatures: Signatures {
                state: SignatureState::Current,
                version: Some(rng.random_range(27_700..27_900).to_string()),
                updated_at: Some(office.hours_ago(rng.random_range(1..20))),
                ..Signatures::default()
            },
            source: "clamav-daemon".into(),
        }],
        firewall: vec![FirewallProfile { profile: "ufw".into(), enabled: Some(true) }],
    }
}

pub fn dpkg(office: &Office<'_>, rng: &mut StdRng) -> Software {
    let package = |name: &&str| Package {
        name: (*name).to_owned(),
        version: Some(format!(
            "{}.{}.{}-{}ubuntu1",
            rng.random_range(1..9),
            rng.random_range(0..30),
            rng.random_range(0..10),
            rng.random_range(1..5)
        )),
        publisher: None,
        architecture: Some("amd64".into()),
        source: PackageSource::Dpkg,
        installed_on: None,
    };
    let packages = office.catalogue.packages.iter().map(package).collect();
    Software { packages, last_patched_on: Some(office.days_ago(rng.random_range(2..15))) }
}
