/// Which of a tenant's events a listener asked for.
struct StreamFilter: Hashable, Sendable {
    let topics: [String]
    /// Nil for all.
    let types: [String]?
    /// Ids of subjects; nil for all.
    let subjects: [String]?

    /// A filter of more combinations than this is widened for the relay, which then renders what nobody may want.
    static let interestCountMax = 256

    init(topics: [String], types: [String]? = nil, subjects: [String]? = nil) {
        self.topics = Self.unique(topics)
        self.types = types.map(Self.unique)
        self.subjects = subjects.map(Self.unique)
    }

    func matches(_ event: EventHeader) -> Bool {
        guard topics.contains(event.topic) else { return false }
        if let types, !types.contains(event.type) { return false }
        if let subjects {
            guard let subject = event.subject else { return false }
            return subjects.contains(subject)
        }
        return true
    }

    /// The same filter as single conditions, of which an event must meet one; widened where there would be too many.
    var interests: [EventInterest] {
        var types = self.types.map { $0.map(Optional.some) } ?? [nil]
        var subjects = self.subjects.map { $0.map(Optional.some) } ?? [nil]
        if topics.count * types.count * subjects.count > Self.interestCountMax { subjects = [nil] }
        if topics.count * types.count * subjects.count > Self.interestCountMax { types = [nil] }
        var interests: [EventInterest] = []
        for topic in topics {
            for type in types {
                for subject in subjects { interests.append(.init(topic: topic, type: type, subject: subject)) }
            }
        }
        return interests
    }

    private static func unique(_ values: [String]) -> [String] { Set(values).sorted() }
}

/// One condition on events; nil means any.
struct EventInterest: Hashable, Sendable {
    let topic: String
    let type: String?
    let subject: String?
}
