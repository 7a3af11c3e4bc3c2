/// The members of one JSON object, as places in its text. Made once and read into again and again.
struct JSONObject {
    struct Member {
        /// Where the name stands in ``JSONObject/names``, its escapes resolved.
        var name: Range<Int>
        var value: JSONValue
    }

    private(set) var names: [UInt8] = []
    private(set) var members: [Member] = []

    /// Below this many members, comparing each with each is cheaper than hashing.
    private static let pairwiseCountMax = 16

    /// Reads a text that is one JSON value. If that is an object, ``members`` are its members.
    ///
    /// - Returns: What kind of value it is.
    mutating func read(_ text: Span<UInt8>) throws(JSONError) -> JSONValue.Kind {
        names.removeAll(keepingCapacity: true)
        members.removeAll(keepingCapacity: true)
        var scanner = JSONScanner()
        scanner.skipSpace(text)
        guard try scanner.peek(text) == UInt8(ascii: "{") else {
            let kind = try scanner.value(text).kind
            try scanner.finish(text)
            return kind
        }
        scanner.position += 1
        scanner.skipSpace(text)
        if try scanner.peek(text) == UInt8(ascii: "}") {
            scanner.position += 1
        } else {
            try readMembers(text, &scanner)
        }
        try scanner.finish(text)
        return .object
    }

    /// Whether the text is an object; its members are then ``members``.
    mutating func readValid(_ text: Span<UInt8>) -> Bool {
        do throws(JSONError) { return try read(text) == .object } catch { return false }
    }

    /// The text of a member that is a string. The last of several wins.
    func string(for key: String, in text: Span<UInt8>) -> String? {
        guard let member = members.last(where: { names[$0.name].elementsEqual(key.utf8) }),
            member.value.kind == .string
        else { return nil }
        var bytes: [UInt8] = []
        member.value.appendString(of: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The name of the first member found that has a namesake.
    func duplicateName() -> Range<Int>? {
        guard members.count > Self.pairwiseCountMax else {
            for (index, member) in members.enumerated() {
                for earlier in members[..<index] where names[earlier.name] == names[member.name] { return member.name }
            }
            return nil
        }
        var hashes = members.map { member in
            var hasher = Hasher()  // seeded by chance, so that a client cannot aim for collisions
            for byte in names[member.name] { hasher.combine(byte) }
            return (hash: hasher.finalize(), name: member.name)
        }
        hashes.sort { $0.hash < $1.hash }
        for index in hashes.indices.dropFirst() where hashes[index].hash == hashes[index - 1].hash {
            if names[hashes[index].name] == names[hashes[index - 1].name] { return hashes[index].name }
        }
        return nil
    }

    private mutating func readMembers(_ text: Span<UInt8>, _ scanner: inout JSONScanner) throws(JSONError) {
        while true {
            guard try scanner.peek(text) == UInt8(ascii: "\"") else { throw scanner.failure(.unexpectedByte) }
            let key = try scanner.value(text, depth: 1)
            let nameStart = names.count
            key.appendString(of: text, to: &names)
            scanner.skipSpace(text)
            try scanner.skip(UInt8(ascii: ":"), text)
            scanner.skipSpace(text)
            let value = try scanner.value(text, depth: 1)
            members.append(Member(name: nameStart..<names.count, value: value))
            scanner.skipSpace(text)
            if try scanner.peek(text) == UInt8(ascii: ",") {
                scanner.position += 1
                scanner.skipSpace(text)
            } else {
                try scanner.skip(UInt8(ascii: "}"), text)
                return
            }
        }
    }
}
