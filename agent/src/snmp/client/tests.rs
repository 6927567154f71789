use super::*;
use crate::snmp::oid::oid;
use proptest::prelude::*;

#[test]
fn a_silent_device_is_a_timeout() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let limits = Limits { timeout: Duration::from_millis(20), retries: 1, ..Limits::default() };
    let credentials = Credentials::V2c { community: "public".into() };
    let mut client = Client::connect(silent.local_addr().unwrap(), credentials, limits).unwrap();
    let error = client.get(&[oid("1.3.6.1.2.1.1.1.0")], &mut Mib::default()).unwrap_err();
    assert_eq!(error, SnmpError::NoAnswer);
    assert_eq!(error.problem("SNMP").kind, ProblemKind::Timeout);
}

#[test]
fn identifiers_round_trip() {
    let name = oid("1.3.6.1.4.1.2435.2.3.9.4294967295");
    assert_eq!(own(&foreign(&name).unwrap()), Some(name));
}

/// BER: tag, length, content.
fn coded(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    if length > 127 {
        bytes.push(0x82);
    }
    if length > 127 {
        bytes.push((length >> 8) as u8);
    }
    bytes.push((length & 0xff) as u8);
    bytes.extend_from_slice(content);
    bytes
}

const NULL: &[u8] = &[5, 0];
const END: &[u8] = &[0x82, 0];

/// A row of column 1.3.6.1.9 with this last part.
fn ninth(last: u8, value: &[u8]) -> Vec<u8> {
    coded(0x30, &[coded(6, &[0x2b, 6, 1, 9, last]), value.to_vec()].concat())
}

fn number(value: u8) -> Vec<u8> {
    coded(2, &[value])
}

/// What is asked for: names of a GET, or the repetitions of a GETBULK.
struct Request {
    get: usize,
    repetitions: u32,
    last: u32,
}

/// An agent that speaks 2c and answers each request with a status and rows; ends when nobody asks any more.
fn agent(answer: impl Fn(&Request) -> (u8, Vec<Vec<u8>>) + Send + 'static) -> SocketAddr {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2000];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let pdu = snmp2::Pdu::from_bytes(&buffer[..length]).unwrap();
            let names: Vec<Oid> = pdu.varbinds.clone().filter_map(|(name, _)| own(&name)).collect();
            let bulk = pdu.message_type == snmp2::MessageType::GetBulkRequest;
            let request = Request {
                get: if bulk { 0 } else { names.len() },
                repetitions: pdu.error_index,
                last: names[0].parts().last().copied().unwrap(),
            };
            let (status, rows) = answer(&request);
            let id = coded(2, &pdu.req_id.to_be_bytes());
            let body = [id, number(status), number(0), coded(0x30, &rows.concat())].concat();
            let message = [number(1), coded(4, b"public"), coded(0xa2, &body)].concat();
            socket.send_to(&coded(0x30, &message), from).unwrap();
        }
    });
    address
}

fn client(device: SocketAddr, rows: usize) -> Client {
    let limits = Limits { rows, ..Limits::default() };
    Client::connect(device, Credentials::V2c { community: "public".into() }, limits).unwrap()
}

#[test]
fn an_answer_that_would_be_too_long_is_asked_for_in_parts() {
    for refusal in [1, 5] {
        let device = agent(move |request| match request {
            Request { repetitions: 2.., .. } => (refusal, vec![]),
            Request { last: 9, .. } => (0, vec![ninth(1, &number(7))]),
            _ => (0, vec![ninth(1, END)]),
        });
        let mut mib = Mib::default();
        assert_eq!(client(device, 10).walk(&oid("1.3.6.1.9"), &mut mib), Ok(()));
        assert_eq!(mib.integer(&oid("1.3.6.1.9.1")), Some(7));
    }
}

#[test]
fn one_missing_name_does_not_lose_the_others() {
    let device = agent(|request| match request {
        Request { get: 1, last: 2, .. } => (0, vec![ninth(2, &number(7))]),
        _ => (2, vec![]),
    });
    let mut mib = Mib::default();
    let names: Vec<Oid> = (1..=3).map(|last| oid(&format!("1.3.6.1.9.{last}"))).collect();
    assert_eq!(client(device, 10).get(&names, &mut mib), Ok(()));
    assert_eq!((mib.len(), mib.integer(&oid("1.3.6.1.9.2"))), (1, Some(7)));
}

#[test]
fn a_value_of_no_use_does_not_end_the_walk() {
    let device = agent(|_| (0, vec![ninth(1, NULL), ninth(2, &number(7)), ninth(3, END)]));
    let mut mib = Mib::default();
    assert_eq!(client(device, 10).walk(&oid("1.3.6.1.9"), &mut mib), Ok(()));
    assert_eq!((mib.len(), mib.integer(&oid("1.3.6.1.9.2"))), (1, Some(7)));
}

#[test]
fn a_limit_that_cuts_is_told() {
    let rows =
        |count: u8| (1..=count).map(|last| ninth(last, &number(last))).chain([ninth(9, END)]).collect();
    for (count, expected) in [(3, Ok(())), (4, Err(SnmpError::TooManyRows(3)))] {
        let device = agent(move |_| (0, rows(count)));
        let mut mib = Mib::default();
        assert_eq!(client(device, 3).walk(&oid("1.3.6.1.9"), &mut mib), expected);
        assert_eq!(mib.len(), 3);
    }
}

proptest! {
    #[test]
    fn no_answer_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..40, change in any::<(usize, u8)>()) {
        let _ = snmp2::Pdu::from_bytes(&bytes).map(|pdu| pdu.varbinds.count());
        let mut answer = b"\x30\x26\x02\x01\x01\x04\x06public\xa2\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x04\x00".to_vec();
        let at = change.0 % answer.len();
        answer[at] = change.1;
        answer.truncate(answer.len() - cut.min(answer.len()));
        let _ = snmp2::Pdu::from_bytes(&answer).map(|pdu| pdu.varbinds.filter_map(|(name, value)| row(&name, value)).count());
    }
}
