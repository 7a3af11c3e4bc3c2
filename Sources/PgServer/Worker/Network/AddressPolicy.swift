/// Where outside effects may lead: public addresses, and the networks that the operator allows besides.
///
/// It judges the addresses that a name was resolved to, and the connection is made to the very address that was judged.
/// So no spelling of an address and no answer of a name server gets around it.
struct AddressPolicy: Sendable {
    private let allowed: NetworkList

    /// - Parameter allowed: networks that may be reached although they are not public.
    init(allowing allowed: NetworkList = NetworkList()) { self.allowed = allowed }

    /// Whether a connection may be made. An address that says another one inside itself (6to4, NAT64, Teredo) is never
    /// public here: what the other one is, is not for the sender to say.
    func allows(_ address: ClientAddress) -> Bool {
        if allowed.contains(address) { return true }
        if address.isV4 { return !Self.special.contains(address) }
        return Self.global.contains(address) && !Self.specialGlobal.contains(address)
    }

    /// Whether the port may be one of a request of HTTP. What speaks another protocol there could take lines of a body
    /// for its own commands; the list is that of the Fetch standard ("bad port").
    static func allows(port: UInt16) -> Bool { port != 0 && !blockedPorts.contains(port) }

    /// IPv4's special networks (RFC 6890 and its registry).
    private static let special = list(
        "0.0.0.0/8",  // this network
        "10.0.0.0/8",  // private (RFC 1918)
        "100.64.0.0/10",  // carrier-grade NAT
        "127.0.0.0/8",  // loopback
        "168.63.129.16",  // the host below a virtual machine of Azure
        "169.254.0.0/16",  // link-local, with the metadata of clouds
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // relays of 6to4
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4"  // reserved, and broadcast
    )

    /// The only part of IPv6 from which public addresses are given.
    private static let global = list("2000::/3")

    private static let specialGlobal = list(
        "2001::/23",  // protocol assignments, Teredo and benchmarks among them
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4
        "3fff::/20"  // documentation
    )

    private static func list(_ networks: String...) -> NetworkList {
        do throws(AdmissionError) { return try NetworkList(parsing: networks.joined(separator: " ")) } catch {
            preconditionFailure("\(error)")
        }
    }

    private static let blockedPorts: Set<UInt16> = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ]
}
