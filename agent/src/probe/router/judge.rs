//! How likely an interface is an Internet line: signs with weights, summed as evidence.

use super::{
    address::{Scope, scope},
    interface::Interface,
    routes::NextHop,
    words::{self, Words},
};
use kiemke_schemas::section::link::LineSign;
use std::collections::BTreeSet;

/// From here on an interface is taken for a line.
pub const CONFIDENT: u32 = 700;
/// Below, it is not worth a question.
pub const DOUBTFUL: u32 = 300;

/// ifType of links that end at a provider: PPP, xDSL, mobile, cable and fibre access.
const ACCESS_TYPES: &[u32] =
    &[22, 23, 94, 95, 96, 97, 108, 118, 127, 168, 169, 229, 230, 237, 238, 243, 244, 249, 250, 251, 279, 280];
/// Of these, links that are dialled or point to one other end: branches are connected by them as well.
const POINT_TO_POINT_TYPES: &[u32] = &[22, 23, 108, 118];
pub const MOBILE_TYPES: &[u32] = &[237, 243, 244];
/// A bonded line has four pairs, and some routers take two such.
const MOST_ACCESS_PORTS: usize = 8;
/// ifType gpon: a line ends at one, and few routers have a second.
const OPTICAL_TYPE: u32 = 250;
const MOST_OPTICAL_PORTS: usize = 2;
/// Stacks of switches list them too: only traffic or an address tells a line.
const SERIAL_TYPES: &[u32] = &[22, 118];
/// Loopback, tunnels, labels.
const NEVER_TYPES: &[u32] = &[24, 131, 150, 166, 246];
/// Bridges, and networks of several ports inside a router.
const VIRTUAL_TYPES: &[u32] = &[53, 135, 136, 137, 209];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub confidence_permille: u32,
    pub signs: Vec<LineSign>,
}

impl Verdict {
    fn is_empty(&self) -> bool {
        self.confidence_permille < DOUBTFUL
    }
}

/// Rows of the router's own that nothing but channels run over of which none was ever used.
pub fn leave_out_unused(interfaces: &[Interface], verdicts: &mut [Verdict]) {
    let unused =
        |row: &Interface| !row.counters.any() && row.networks.is_empty() && row.default_route.is_none();
    let told = verdicts.to_vec();
    for (row, verdict) in interfaces.iter().zip(verdicts).filter(|(row, _)| unused(row)) {
        let above = || interfaces.iter().zip(&told).filter(|(other, _)| other.lower.contains(&row.index));
        let empty = |(other, verdict): (&Interface, &Verdict)| verdict.is_empty() && is_empty_channel(other);
        if row.label().is_none() && above().next().is_some() && above().all(empty) {
            *verdict = Verdict::default();
        }
    }
}

fn is_empty_channel(row: &Interface) -> bool {
    let channel = row.maker_names().any(|name| words::read(name).channel);
    channel && !row.is_up() && row.counters.received.unwrap_or(0) == 0
}

/// What is known of the router as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Some default route could be laid to an interface.
    pub routed: bool,
    /// Networks with an address of the device: a host may be in one with several interfaces.
    pub addressed: usize,
    /// Some interface has an address that the Internet sees.
    pub public: bool,
    /// Some interface that is up is named as a way outside.
    pub named: bool,
    /// In some network its address is the first or the last, as a gateway's is.
    pub gateway: bool,
    /// The device says that it hands on no packets: a host.
    pub forwards: bool,
    /// More optical or copper access ports than any line needs: the provider's end of them.
    pub access_side: bool,
}

impl Context {
    pub fn of(interfaces: &[Interface], forwards: bool) -> Self {
        let told = interfaces.iter().filter(|row| row.scope() > Scope::LinkLocal);
        let addressed = told.filter_map(network_of).collect::<BTreeSet<_>>().len();
        let access = interfaces.iter().filter(|row| is_physical_access(row)).count();
        let optical = interfaces.iter().filter(|row| row.kind == OPTICAL_TYPE).count();
        Self {
            routed: interfaces.iter().any(|row| row.default_route.is_some()),
            addressed,
            public: interfaces.iter().any(|row| row.scope() >= Scope::Carrier),
            named: interfaces
                .iter()
                .any(|row| row.is_up() && row.maker_names().any(|n| words::read(n).outside)),
            gateway: interfaces.iter().flat_map(|row| &row.networks).any(|network| network.is_of_a_gateway()),
            forwards,
            access_side: optical > MOST_OPTICAL_PORTS || access > MOST_ACCESS_PORTS,
        }
    }
}

impl Context {
    /// Every host has an address, and a default route to a neighbour.
    fn may_be_a_host(self) -> bool {
        self.addressed == 1 || !self.forwards
    }
}

/// Of the address that tells most.
fn network_of(row: &Interface) -> Option<u32> {
    let address = row.address()?;
    row.networks.iter().find(|network| network.address == address).map(|network| network.base())
}

pub fn judge(interface: &Interface, context: Context) -> Verdict {
    // Whoever is at the other end of it.
    let served = context.access_side && is_physical_access(interface);
    let label = interface.label().filter(|_| !served).map(words::read).unwrap_or_default();
    let name = interface.maker_names().map(words::read).fold(Words::default(), either);
    let access_type = ACCESS_TYPES.contains(&interface.kind);
    let tunnel = NEVER_TYPES.contains(&interface.kind) && !(interface.kind == 131 && name.access);
    if tunnel || name.never {
        return Verdict::default();
    }
    let mut evidence = vec![
        (LineSign::DefaultRoute, default_route(interface, context)),
        address(interface, context),
        (LineSign::ServiceName, if label.service || name.service { -80 } else { 0 }),
    ];
    evidence.extend(label_signs(label));
    // A label that tells another network voids what the maker's name says (`wan1` labelled `inside`).
    if !label.trunk && (!label.inside || label.outside) {
        evidence.extend(name_signs(name, access_type, interface, context));
    }
    sum(evidence)
}

fn label_signs(label: Words) -> Vec<(LineSign, i32)> {
    let outside = match label {
        Words { outside: true, .. } | Words { provider: true, .. } => 60,
        Words { access: true, .. } => 50,
        Words { weak: true, .. } => 10,
        _ => 0,
    };
    let inside = if label.inside || label.never { if outside >= 50 { -20 } else { -70 } } else { 0 };
    let sign = if outside >= 50 { LineSign::Label } else { LineSign::WeakName };
    vec![(sign, outside), (LineSign::InsideName, inside + trunk(label))]
}

/// As much as says that it is an Internet line, and more.
fn trunk(words: Words) -> i32 {
    if words.trunk { -70 } else { 0 }
}

fn name_signs(
    name: Words,
    access_type: bool,
    interface: &Interface,
    context: Context,
) -> Vec<(LineSign, i32)> {
    let used = interface.is_up() || interface.counters.any();
    let silent_serial = SERIAL_TYPES.contains(&interface.kind)
        && !interface.counters.any()
        && interface.scope() <= Scope::LinkLocal
        && !name.access;
    let access_side = context.access_side && is_physical_access(interface);
    let empty = is_empty_channel(interface);
    let access = match (access_type || name.access, used, name.outside) {
        _ if silent_serial || access_side => 0,
        // Unconfigured PPP and modem entries stay in the tables of some routers.
        (true, ..) if empty => 15,
        (true, false, false) if !name.access => 15,
        (true, ..) if leads_to_a_branch(interface, context) => 30,
        (true, ..) => 50,
        (false, ..) => 0,
    };
    let outside = if (name.outside || name.provider) && !access_side && !empty { 50 } else { 0 };
    let weak = if name.weak && outside == 0 { 10 } else { 0 };
    let inside = if name.inside { -50 } else { 0 };
    vec![
        (LineSign::AccessType, access),
        (LineSign::Name, outside),
        (LineSign::WeakName, weak),
        (LineSign::InsideName, inside + trunk(name)),
    ]
}

/// A private address on a link between two ends, and the default route or another address leads outside.
fn leads_to_a_branch(interface: &Interface, context: Context) -> bool {
    // Mobile networks give addresses of 10/8.
    let office = || interface.address().is_some_and(|address| address.octets()[..2] == [192, 168]);
    POINT_TO_POINT_TYPES.contains(&interface.kind)
        && interface.scope() == Scope::Private
        && interface.default_route.is_none()
        && (context.routed || ((context.public || context.named) && office()))
}

/// DSL, cable and optical access: what runs over it may be a row of its own.
pub fn is_physical_access(interface: &Interface) -> bool {
    let kind = &interface.kind;
    ACCESS_TYPES.contains(kind) && !POINT_TO_POINT_TYPES.contains(kind) && !MOBILE_TYPES.contains(kind)
}

fn default_route(interface: &Interface, context: Context) -> i32 {
    let virtual_ = VIRTUAL_TYPES.contains(&interface.kind);
    match interface.default_route {
        None => 0,
        // Hardware of the router's own, over which nothing ever went.
        Some(NextHop::Unnamed) if interface.networks.is_empty() && !interface.counters.any() => 0,
        // Switches and access points learn one of IPv6 from their neighbours; hosts have one as well.
        Some(NextHop::Unnamed) if virtual_ => 25,
        Some(NextHop::Unnamed) if context.may_be_a_host() => 20,
        Some(NextHop::Unnamed) => 60,
        Some(NextHop::Address(next)) => match scope(next) {
            Scope::Public | Scope::Carrier if context.may_be_a_host() => 20,
            Scope::Public | Scope::Carrier => 70,
            // Behind a provider's modem; but a switch or an access point has such a route too.
            Scope::Private
                if !virtual_ && !context.may_be_a_host() && context.gateway && interface.is_up() =>
            {
                45
            }
            _ => 25,
        },
    }
}

fn address(interface: &Interface, context: Context) -> (LineSign, i32) {
    let narrow = interface.networks.iter().any(|network| {
        scope(network.address) == Scope::Public && network.length.is_some_and(|bits| bits >= 30)
    });
    let weight = match interface.scope() {
        Scope::Public if narrow => 55,
        // Any host on a network with public addresses.
        Scope::Public | Scope::Carrier if context.may_be_a_host() => 22,
        // May be an inside network with public addresses: the default route goes elsewhere.
        Scope::Public if context.routed && interface.default_route.is_none() => 30,
        Scope::Public => 50,
        Scope::Carrier => return (LineSign::CarrierAddress, 45),
        _ => 0,
    };
    (LineSign::PublicAddress, weight)
}

/// Logistic: 34 points are even odds, 12 more are 73 %.
fn sum(mut evidence: Vec<(LineSign, i32)>) -> Verdict {
    evidence.retain(|(_, weight)| *weight != 0);
    evidence.sort_by_key(|(sign, weight)| (std::cmp::Reverse(weight.abs()), *sign));
    let points: i32 = evidence.iter().map(|(_, weight)| *weight).sum();
    let odds = (-(f64::from(points) - 34.0) / 12.0).exp();
    let mut signs: Vec<LineSign> = Vec::new();
    for (sign, _) in evidence {
        if !signs.contains(&sign) {
            signs.push(sign);
        }
    }
    // Between 1 and 999, so that the sign is never lost.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let confidence_permille = (1000.0 / (1.0 + odds)).round().clamp(1.0, 999.0) as u32;
    Verdict { confidence_permille, signs }
}

fn either(one: Words, other: Words) -> Words {
    Words {
        outside: one.outside || other.outside,
        access: one.access || other.access,
        provider: one.provider || other.provider,
        weak: one.weak || other.weak,
        inside: one.inside || other.inside,
        service: one.service || other.service,
        trunk: one.trunk || other.trunk,
        bridge: one.bridge || other.bridge,
        channel: one.channel || other.channel,
        never: one.never || other.never,
    }
}
