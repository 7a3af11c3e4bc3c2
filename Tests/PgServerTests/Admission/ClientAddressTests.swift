import Testing

@testable import PgServer

extension ClientAddress {
    /// Reads an address given as text.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(parsing: bytes.span)
    }
}

@Suite("A client's address")
struct ClientAddressTests {
    // RFC 4291 §2.2 forms on the left, RFC 5952 §4 canonical text on the right.
    static let addresses = [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"), ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("fe80::1:2", "fe80::1:2"),
    ]

    @Test("is read in each of its forms and written in one", arguments: addresses)
    func parsing(_ text: String, _ canonical: String) throws {
        let address = try #require(ClientAddress(text))
        #expect(address.description == canonical)
        #expect(ClientAddress(canonical) == address)
    }

    static let malformed = [
        "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.2.3.04",
        "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "-1.2.3.4", "1.2.3.a", "1.2.3.4:80", "0x7f.0.0.1", "99999999999.1.1.1",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::", "1::2::3", "1:", ":1", "12345::",
        "g::1", "::1%eth0", "[::1]", "::1.2.3", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "::/0",
        "::1\u{0}", "2001:db8::1é", String(repeating: "1", count: 46), String(repeating: ":", count: 45),
    ]

    @Test("is nothing else", arguments: malformed)
    func refused(_ text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test("is read from a socket address")
    func socketAddress() {
        func native(_ family: UInt16) -> [UInt8] { withUnsafeBytes(of: family) { Array($0) } }
        let v4: [UInt8] = native(2) + [0x1F, 0x90, 192, 0, 2, 1] + [UInt8](repeating: 0, count: 8)
        let v6: [UInt8] =
            native(10) + [0x1F, 0x90, 0, 0, 0, 0, 0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [
                1, 0, 0, 0, 0,
            ]
        let unix: [UInt8] = native(1) + Array("/run/socket".utf8)
        #expect(ClientAddress(socketAddress: v4.span)?.description == "192.0.2.1")
        #expect(ClientAddress(socketAddress: v6.span)?.description == "2001:db8::1")
        #expect(ClientAddress(socketAddress: unix.span) == nil)
        for bytes in [v4, v6] {
            for count in 0..<8 {
                let cut = Array(bytes[..<count])
                #expect(ClientAddress(socketAddress: cut.span) == nil)
            }
        }
        let cut = Array(v6[..<23])
        #expect(ClientAddress(socketAddress: cut.span) == nil)
    }

    static let subjects = [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::"),
    ]

    @Test("counts as its /64 in IPv6", arguments: subjects)
    func subject(_ text: String, _ expected: String) throws {
        #expect(try #require(ClientAddress(text)).limitSubject.description == expected)
    }
}

@Suite("Trusted proxies")
struct TrustedProxiesTests {
    static let proxies = "10.0.0.0/8, 192.168.1.1,2001:db8:ffff::/48 ::1"

    static func client(_ peer: String, _ field: String, trusting proxies: String = proxies) throws -> String {
        let bytes = Array(field.utf8)
        return try TrustedProxies(parsing: proxies)
            .client(peer: try #require(ClientAddress(peer)), forwardedFor: bytes.span).description
    }

    static let cases = [
        // A stranger's field is not read.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        // The rightmost hop that is not ours counts, whatever a client wrote before it.
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"), ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1,198.51.100.1 ,10.9.9.9\t, 192.168.1.1", "198.51.100.1"),
        ("10.1.2.3", "garbage, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("::1", "2001:DB8::7", "2001:db8::7"), ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:ffff:1::1", "2001:db8:fffe::1", "2001:db8:fffe::1"),
        // All ours: the first of them is the client.
        ("10.1.2.3", "10.0.0.7, 10.0.0.8", "10.0.0.7"), ("10.1.2.3", "10.0.0.7", "10.0.0.7"),
        // Ports.
        ("10.1.2.3", "198.51.100.1:4711", "198.51.100.1"), ("10.1.2.3", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.1.2.3", "[2001:db8::7]", "2001:db8::7"),
        // Garbage where it counts: the peer.
        ("10.1.2.3", "", "10.1.2.3"), ("10.1.2.3", " ", "10.1.2.3"), ("10.1.2.3", ",", "10.1.2.3"),
        ("10.1.2.3", "unknown", "10.1.2.3"), ("10.1.2.3", "_hidden, 10.0.0.5", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1,", "10.1.2.3"), ("10.1.2.3", "198.51.100.1, x", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1:", "10.1.2.3"), ("10.1.2.3", "198.51.100.1:x", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1:123456", "10.1.2.3"), ("10.1.2.3", "[2001:db8::7", "10.1.2.3"),
        ("10.1.2.3", "[2001:db8::7]x", "10.1.2.3"), ("10.1.2.3", "[]", "10.1.2.3"), ("10.1.2.3", "[", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1 198.51.100.2", "10.1.2.3"), ("10.1.2.3", "\"198.51.100.1\"", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1\u{0}", "10.1.2.3"), ("10.1.2.3", "für", "10.1.2.3"),
    ]

    @Test("name the client, or leave it at the peer", arguments: cases)
    func client(_ peer: String, _ field: String, _ expected: String) throws {
        #expect(try Self.client(peer, field) == expected)
    }

    @Test("believe nobody if there are none")
    func nobody() throws {
        #expect(try Self.client("10.1.2.3", "198.51.100.1", trusting: "") == "10.1.2.3")
        #expect(!TrustedProxies().contains(try #require(ClientAddress("127.0.0.1"))))
    }

    @Test("take several lines last line first")
    func lines() throws {
        #expect(try Self.client(Self.client("10.1.2.3", "10.0.0.8"), "198.51.100.1") == "198.51.100.1")
        #expect(try Self.client(Self.client("10.1.2.3", "198.51.100.2"), "198.51.100.1") == "198.51.100.2")
    }

    @Test("read as many hops as their limit, and no more")
    func hops() throws {
        func field(_ count: Int) -> String {
            (["198.51.100.1"] + Array(repeating: "10.0.0.1", count: count - 1)).joined(separator: ",")
        }
        #expect(try Self.client("10.1.2.3", field(TrustedProxies.hopCountMax)) == "198.51.100.1")
        #expect(try Self.client("10.1.2.3", field(TrustedProxies.hopCountMax + 1)) == "10.1.2.3")
    }

    static let memberships = [
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false), ("::/0", "203.0.113.9", true),
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/9", "10.128.0.0", false), ("192.0.2.1/32", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8::/32", "2001:db8:ffff::", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8:0:1::/64", "2001:db8:0:1:ffff::", true), ("2001:db8:0:1::/65", "2001:db8:0:1:8000::", false),
        ("::1/128", "::1", true), ("::1/128", "::", false), ("::ffff:10.0.0.0/104", "10.1.1.1", true),
    ]

    @Test("are whole networks", arguments: memberships)
    func membership(_ network: String, _ address: String, _ isMember: Bool) throws {
        #expect(try TrustedProxies(parsing: network).contains(try #require(ClientAddress(address))) == isMember)
    }

    @Test(
        "are refused by the text that is wrong",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "/8", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
            "localhost", "10.0.0", "2001:db8::1/32", "10.0.0.0/99999999999999999999",
        ])
    func refused(_ text: String) {
        #expect(throws: AdmissionError.invalidNetwork(text)) { try TrustedProxies(parsing: "127.0.0.1, " + text) }
    }

    @Test("are at most 64")
    func limit() {
        func text(_ count: Int) -> String { (0..<count).map { "10.0.0.\($0)" }.joined(separator: ",") }
        #expect(throws: Never.self) { try TrustedProxies(parsing: text(NetworkList.networkCountMax)) }
        #expect(throws: AdmissionError.tooManyNetworks) {
            try TrustedProxies(parsing: text(NetworkList.networkCountMax + 1))
        }
    }
}
