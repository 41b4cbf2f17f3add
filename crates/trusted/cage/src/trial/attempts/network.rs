//! Ways out over sockets of every kind.

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram, UnixStream};
use std::time::Duration;

use super::{Outcome, Spec, filtered, spec, unheard};

const AREA: &str = "network";

pub(super) fn attempts() -> Vec<Spec> {
    vec![
        spec(AREA, "TCP over IPv4 to this machine", |t| unheard(TcpStream::connect(("127.0.0.1", t.tcp4)))),
        spec(AREA, "TCP over IPv6 to this machine", |t| unheard(TcpStream::connect(("::1", t.tcp6)))),
        spec(AREA, "TCP to the outside", |_| {
            // An address that belongs to documents (RFC 5737): nobody is called where no wall stands.
            let nowhere = SocketAddr::from(([192, 0, 2, 1], 443));
            unheard(TcpStream::connect_timeout(&nowhere, Duration::from_millis(50)))
        }),
        spec(AREA, "a UDP packet", |t| {
            unheard(UdpSocket::bind("127.0.0.1:0").and_then(|udp| udp.send_to(b"x", ("127.0.0.1", t.udp))))
        }),
        spec(AREA, "a unix socket by its path", |t| unheard(UnixStream::connect(&t.socket))),
        spec(AREA, "an abstract unix socket", |t| {
            let address = UnixAddr::from_abstract_name(&t.abstract_name);
            unheard(address.and_then(|address| UnixStream::connect_addr(&address)))
        }),
        spec(AREA, "a unix datagram socket", |_| unheard(UnixDatagram::unbound())),
        spec(AREA, "a pair of sockets", |_| unheard(UnixStream::pair())),
        spec(AREA, "netlink, to ask for routes", |_| socket(libc::AF_NETLINK, libc::SOCK_RAW)),
        spec(AREA, "raw packets", |_| socket(libc::AF_PACKET, libc::SOCK_RAW)),
        spec(AREA, "ICMP (ping)", |_| filtered(libc::SYS_socket, &[libc::AF_INET.into(), libc::SOCK_DGRAM.into(), 1])),
        spec(AREA, "vsock, to the host of a virtual machine", |_| socket(libc::AF_VSOCK, libc::SOCK_STREAM)),
        spec(AREA, "Bluetooth", |_| socket(libc::AF_BLUETOOTH, libc::SOCK_RAW)),
        spec(AREA, "the kernel's ciphers (AF_ALG)", |_| socket(libc::AF_ALG, libc::SOCK_SEQPACKET)),
        spec(AREA, "sending through a pipe it has", |_| filtered(libc::SYS_sendmsg, &[1])),
        #[cfg(target_arch = "x86_64")]
        spec(AREA, "TCP by the numbers of x32", |_| {
            const X32: libc::c_long = 0x4000_0000;
            filtered(X32 | libc::SYS_socket, &[libc::AF_INET.into(), libc::SOCK_STREAM.into()])
        }),
    ]
}

fn socket(family: libc::c_int, kind: libc::c_int) -> Outcome {
    filtered(libc::SYS_socket, &[family.into(), kind.into()])
}
