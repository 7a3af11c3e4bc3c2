/// Why a rate policy or a list of proxies was refused: a mistake of whoever configured it.
enum AdmissionError: Error, Equatable, Sendable {
    /// Not a CIDR network, or one with bits set behind its prefix.
    case invalidNetwork(String)
    case tooManyNetworks
    /// A limit, window or burst outside its bounds, or a bucket without capacity.
    case invalidPolicy(dialect: String, rateClass: String)
    case tooManyPolicies
}
