import Testing

@testable import PgServer

@Suite("The policy for outside addresses")
struct AddressPolicyTests {
    static let refused = [
        // Unspecified and this network
        "0.0.0.0", "0.0.0.1", "0.255.255.255", "::",
        // Loopback
        "127.0.0.1", "127.0.0.2", "127.255.255.255", "::1",
        // Private
        "10.0.0.0", "10.1.2.3", "10.255.255.255", "172.16.0.0", "172.20.1.1", "172.31.255.255", "192.168.0.0",
        "192.168.255.255", "fc00::", "fc00::1", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        // Link-local
        "169.254.0.0", "169.254.255.255", "fe80::1", "febf::1", "fec0::1",
        // Metadata of clouds: AWS, Google and Azure; AWS over IPv6; Alibaba; Oracle; Azure's host
        "169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        // Carrier-grade NAT
        "100.64.0.0", "100.127.255.255",
        // Protocol assignments, relays of 6to4
        "192.0.0.0", "192.0.0.255", "192.88.99.1",
        // Documentation
        "192.0.2.1", "198.51.100.255", "203.0.113.7", "2001:db8::1", "2001:db8:ffff::1", "3fff::1", "3fff:fff::1",
        // Benchmarks
        "198.18.0.0", "198.19.255.255", "2001:2::1",
        // Multicast, reserved, broadcast
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "ff02::1", "ff0e::1",
        // IPv4 inside of IPv6: mapped, compatible, translated, NAT64 of both prefixes, 6to4, Teredo
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1",
        "2002:808:808::1", "2001:0:808:808::1",
        // Discard, segment routing, and what is given to nobody
        "100::1", "5f00::1", "4000::1", "8000::1", "1fff::1",
    ]

    @Test("refuses what is not public", arguments: refused)
    func refusal(_ text: String) throws {
        #expect(!AddressPolicy().allows(try #require(ClientAddress(text))))
    }

    static let allowed = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255", "::ffff:8.8.8.8", "2000::1", "2001:200::1",
        "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1", "2606:4700:4700::1111", "2a00:1450::1",
        "3ffe:ffff::1", "3fff:1000::1",
    ]

    @Test("allows what is public, up to the edges of what is not", arguments: allowed)
    func permission(_ text: String) throws {
        #expect(AddressPolicy().allows(try #require(ClientAddress(text))))
    }

    @Test(
        "allows what the operator allowed, and its neighbours no more than before",
        arguments: [
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"), ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("127.0.0.1", "::ffff:127.0.0.1", "::1"), ("::1", "::1", "127.0.0.1"), ("fd00::/8", "fdab::1", "fc00::1"),
            ("64:ff9b::/96", "64:ff9b::8.8.8.8", "64:ff9b:1::1"),
        ])
    func configuration(_ network: String, _ inside: String, _ outside: String) throws {
        let policy = AddressPolicy(allowing: try NetworkList(parsing: network))
        #expect(policy.allows(try #require(ClientAddress(inside))))
        #expect(!policy.allows(try #require(ClientAddress(outside))))
        #expect(policy.allows(try #require(ClientAddress("8.8.8.8"))))
    }

    @Test(
        "keeps requests away from ports where another protocol is spoken", arguments: [0, 22, 25, 53, 465, 587, 6667])
    func blockedPorts(_ port: UInt16) {
        #expect(!AddressPolicy.allows(port: port))
    }

    @Test("leaves all other ports open", arguments: [80, 443, 3000, 8080, 8443, 65_535])
    func openPorts(_ port: UInt16) {
        #expect(AddressPolicy.allows(port: port))
    }
}
