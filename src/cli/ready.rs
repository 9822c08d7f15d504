//! `ready`: whether the service that runs here can answer, for whoever watches over it with nothing but this program at hand.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{Answered, Ended, Failure, render};
use crate::config::ServiceConfig;

/// How long each step of asking may take; the store is given two seconds of it.
const PATIENCE: Duration = Duration::from_secs(3);

/// More than the answer has.
const ANSWER_AT_MOST: u64 = 64 * 1024;

const REQUEST: &[u8] = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Asks the service at the address that is configured and prints what it says.
pub(super) fn ready(config: &ServiceConfig) -> Ended {
    let address = SocketAddr::new(near(config.host.value), config.port.value);
    let answer = asked(address).map_err(|error| Failure::File(format!("nothing answers at `{address}`: {error}")))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    render::print_line(body);
    Ok(if head.starts_with("HTTP/1.1 200 ") { Answered::Yes } else { Answered::No })
}

/// Where a service that listens on all addresses is reached from here.
fn near(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

fn asked(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(REQUEST)?;
    let mut answer = String::new();
    stream.take(ANSWER_AT_MOST).read_to_string(&mut answer)?;
    Ok(answer)
}
