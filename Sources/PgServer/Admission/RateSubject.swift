/// Whose requests a policy counts together.
enum RateSubject: Hashable, Sendable {
    case claim(String)
    case address(ClientAddress)
}
