/// The policies of one catalog, arranged for choosing.
struct RatePolicies: Sendable {
    /// The rows of one dialect's rate class. A route finds its own once, when the catalog is read.
    struct RateClass: Sendable {
        fileprivate let selective: [InstalledRatePolicy]
        /// The row without a selector; if there is none, the strictest: whoever states no plan gets the smallest.
        fileprivate let general: InstalledRatePolicy

        fileprivate init?(_ policies: [InstalledRatePolicy]) {
            selective = policies.filter { $0.policy.selectorClaim != nil }
            let general =
                policies.first { $0.policy.selectorClaim == nil } ?? selective.min { Self.isStricter($0, $1) }
            guard let general else { return nil }
            self.general = general
        }

        private static func isStricter(_ left: InstalledRatePolicy, _ right: InstalledRatePolicy) -> Bool {
            left.policy.limitCount * right.policy.windowSeconds < right.policy.limitCount * left.policy.windowSeconds
        }
    }

    /// A policy and whose counter under it.
    struct Choice: Sendable {
        let policy: InstalledRatePolicy
        let subject: RateSubject
    }

    private struct Name: Hashable {
        var dialect: String
        var rateClass: String
    }

    private let classes: [Name: RateClass]

    /// - Parameter policies: As installed by ``RateRegistry/install(_:)``, in the catalog's order.
    init(_ policies: [InstalledRatePolicy]) {
        let grouped = Dictionary(grouping: policies) {
            Name(dialect: $0.policy.dialect, rateClass: $0.policy.rateClass)
        }
        classes = grouped.compactMapValues(RateClass.init)
    }

    /// Nil if no row limits that class.
    func rateClass(dialect: String, named name: String) -> RateClass? {
        classes[Name(dialect: dialect, rateClass: name)]
    }

    /// The policy that limits a caller, and whose counter it uses.
    ///
    /// The first row whose selector fits the caller's claims wins, then the row without a selector. A caller who has
    /// no claim of the policy's subject, such as one who is about to log in, is counted by address.
    ///
    /// - Parameter claim: The caller's claim of a name; nil for whoever is not signed in.
    static func choose(_ rateClass: RateClass, address: ClientAddress, claim: (String) -> String?) -> Choice {
        var chosen = rateClass.general
        for policy in rateClass.selective {
            guard let name = policy.policy.selectorClaim, claim(name) == policy.policy.selectorValue else { continue }
            chosen = policy
            break
        }
        let subject = chosen.policy.subject
        guard subject != RatePolicy.addressSubject, let value = claim(subject) else {
            return Choice(policy: chosen, subject: .address(address.limitSubject))
        }
        return Choice(policy: chosen, subject: .claim(value))
    }
}
