//! Networks without addresses: an address is cut to its network and hashed with a key. Knows no database.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::keys::Key;

/// A network, as a keyed hash. Without the key nobody can say which network it is; once the key is gone, nobody.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkHash(pub(super) [u8; 32]);

impl NetworkHash {
    /// The hash of the network that an address belongs to.
    pub(super) fn of(address: IpAddr, key: &Key) -> NetworkHash {
        NetworkHash(match network(address) {
            IpAddr::V4(v4) => key.sign("network", &[&v4.octets()]),
            IpAddr::V6(v6) => key.sign("network", &[&v6.octets()]),
        })
    }
}

/// The hash is of no use to whoever reads a log, so it is not printed.
impl fmt::Debug for NetworkHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NetworkHash(..)")
    }
}

/// One IPv4 address; the first 64 bits of an IPv6 address, which is what one connection commonly gets (RFC 6177). An
/// IPv4 address in IPv6 clothes is an IPv4 address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        assert_eq!(network(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn an_ipv4_address_is_its_own_network() {
        check("192.0.2.7", "192.0.2.7");
    }

    #[test]
    fn the_first_half_of_an_ipv6_address_is_its_network() {
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_is_the_same_network() {
        check("::ffff:192.0.2.7", "192.0.2.7");
    }

    #[test]
    fn a_hash_depends_on_the_key() {
        let (one, other) = (Key::from([1; 32]), Key::from([2; 32]));
        let address = "192.0.2.7".parse().unwrap();
        assert_eq!(NetworkHash::of(address, &one), NetworkHash::of(address, &one));
        assert_ne!(NetworkHash::of(address, &one), NetworkHash::of(address, &other));
    }

    #[test]
    fn a_hash_never_prints() {
        let hash = NetworkHash::of("192.0.2.7".parse().unwrap(), &Key::from([1; 32]));
        assert_eq!(format!("{hash:?}"), "NetworkHash(..)");
    }
}
