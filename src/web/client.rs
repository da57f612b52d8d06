//! Who sends a request: the client's address, also behind proxies that are trusted. It is never logged and never kept; the
//! comments make a keyed hash of it and forget it.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;
use jiff::Timestamp;

use super::state::State;
use crate::comments::{Comments, Unavailable, Visitor};

/// The address of whoever sent a request. It does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Client(IpAddr);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(..)")
    }
}

impl Client {
    /// The client of a request: the peer, or, when the peer is a trusted proxy, whom it says it speaks for.
    pub fn of(request: &HttpRequest) -> Client {
        // Every listener here is one of TCP, which has a peer.
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let fields = request.headers().get_all(header::X_FORWARDED_FOR);
        let fields: Vec<&str> = fields.filter_map(|value| value.to_str().ok()).collect();
        let trusted =
            request.app_data::<web::Data<State>>().map(|state| state.config.trusted_proxies.as_slice());
        Client(address(peer, &fields.join(","), trusted.unwrap_or_default()))
    }

    /// What the comments may know of the client.
    ///
    /// # Errors
    /// As [`Comments::visitor`].
    pub async fn visitor(self, comments: &Comments, now: Timestamp) -> Result<Visitor, Unavailable> {
        comments.visitor(self.0, now).await
    }
}

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Client, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Client::of(request)))
    }
}

/// Goes from the peer back along `X-Forwarded-For`, to which each proxy adds at the right whom it got the request from. The
/// first address that is no trusted proxy is the client: all to the left of it is what the client itself made up.
fn address(peer: IpAddr, forwarded: &str, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.to_canonical();
    for entry in forwarded.rsplit(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        if !trusted.iter().any(|network| network.contains(&address)) {
            break;
        }
        match read(entry) {
            Some(before) => address = before,
            None => break,
        }
    }
    address
}

/// An entry as proxies write it: an address, some with brackets, some with a port.
fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &str, expected: &str) {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap()).into();
        let found = address(peer.parse().unwrap(), forwarded, &trusted);
        assert_eq!(found.to_string(), expected, "{peer} speaks for {forwarded:?}");
    }

    #[test]
    fn without_a_trusted_proxy_the_peer_is_the_client_whatever_it_claims() {
        check("203.0.113.9", "", "203.0.113.9");
        check("203.0.113.9", "198.51.100.1", "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_client_is_the_last_address_that_is_none_of_them() {
        check("10.0.0.1", "198.51.100.1", "198.51.100.1");
        check("10.0.0.1", "198.51.100.1, 10.0.0.7", "198.51.100.1");
        check("10.0.0.1", "192.0.2.66, 198.51.100.1,10.0.0.7", "198.51.100.1");
        check("2001:db8:ffff::1", "2001:db8:1::5", "2001:db8:1::5");
    }

    #[test]
    fn what_a_client_writes_into_the_field_itself_does_not_count() {
        check("10.0.0.1", "10.0.0.99, 198.51.100.1", "198.51.100.1");
        check("10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1");
    }

    #[test]
    fn an_entry_that_is_no_address_ends_the_way_back() {
        check("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1");
        check("10.0.0.1", "198.51.100.1, _hidden, 10.0.0.7", "10.0.0.7");
    }

    #[test]
    fn when_all_are_trusted_the_first_of_them_is_the_client() {
        check("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3");
        check("10.0.0.1", "", "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_empty_entries_are_read_over() {
        check("10.0.0.1", "198.51.100.1:4711", "198.51.100.1");
        check("10.0.0.1", "[2001:db8:1::5]:4711, , ", "2001:db8:1::5");
        check("10.0.0.1", "[2001:db8:1::5]", "2001:db8:1::5");
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_ipv4_address() {
        check("::ffff:203.0.113.9", "", "203.0.113.9");
        check("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1");
    }

    #[test]
    fn an_address_never_prints() {
        assert_eq!(format!("{:?}", Client("203.0.113.9".parse().unwrap())), "Client(..)");
    }
}
