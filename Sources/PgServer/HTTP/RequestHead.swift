/// The request line and fields of one request, as ranges over the bytes they were parsed from.
///
/// Every range counts from the first byte of the request. One value serves all requests of a connection and keeps its
/// storage between them; a copy of it makes the next request allocate, so read it in place.
struct RequestHead: Sendable {
    /// One field line. `kind` is nil for a name the server itself does not read.
    struct Field: Sendable, Equatable {
        private let nameStart: UInt32
        private let nameEnd: UInt32
        private let valueStart: UInt32
        private let valueEnd: UInt32
        let kind: KnownField?

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        /// Without the white space around it.
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

        init(name: Range<Int>, value: Range<Int>, kind: KnownField?) {
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
            self.kind = kind
        }
    }

    var method = Method.get
    /// The whole target as sent.
    var target = 0..<0
    /// The path, still encoded. It begins with `/`, or is `*` for OPTIONS.
    var path = 0..<0
    /// What follows the first `?`, still encoded, or nil without one.
    var query: Range<Int>?
    /// Host and port: those of an absolute target, which overrules the field (RFC 9112 §3.2.2), or of `Host`.
    /// Nil only for HTTP/1.0 without either.
    var authority: Range<Int>?
    /// False for HTTP/1.0, whose connections end with the answer.
    var isHTTP11 = true
    var fields: ContiguousArray<Field> = []
    /// Up to and including the empty line.
    var byteCount = 0

    /// The body's length as stated, or nil if it is chunked or there is none.
    var contentLength: Int?
    var isChunked = false
    /// Whether the client may send another request after this one.
    var keepsAlive = true
    /// Whether the client waits for `100 Continue` before it sends the body that is outstanding.
    var expectsContinue = false
    /// Whether `Connection: upgrade` and an `Upgrade` field ask for another protocol.
    var isUpgrade = false

    /// For each kind of field, one more than the index of its first line in `fields`; 0 for none.
    private var firstIndices = InlineArray<18, UInt16>(repeating: 0)

    init() {
        precondition(firstIndices.count == KnownField.allCases.count, "one place for each known field")
    }

    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// The value of the first field of that kind.
    func value(of kind: KnownField) -> Range<Int>? {
        let index = Int(firstIndices[Int(kind.rawValue)])
        return index == 0 ? nil : fields[index - 1].value
    }

    /// The values of all fields of that kind, in order, as the parts of one list (RFC 9110 §5.3).
    func values(of kind: KnownField) -> some Sequence<Range<Int>> {
        fields.lazy.filter { $0.kind == kind }.map(\.value)
    }

    /// The value of the first field of that name.
    ///
    /// - Parameters:
    ///   - name: The name without capitals.
    ///   - bytes: The bytes that were parsed.
    func value(named name: Span<UInt8>, in bytes: Span<UInt8>) -> Range<Int>? {
        for field in fields where field.name.count == name.count {
            let candidate = bytes.extracting(field.name)
            if name.indices.allSatisfy({ name[$0] == HTTPByte.lowercased(candidate[$0]) }) { return field.value }
        }
        return nil
    }

    /// Adds a field, unless it is a second one of a kind that stands alone.
    mutating func append(_ field: Field) throws(HTTPError) {
        if let kind = field.kind {
            let place = Int(kind.rawValue)
            if firstIndices[place] == 0 {
                firstIndices[place] = UInt16(truncatingIfNeeded: fields.count + 1)
            } else if let error = kind.errorWhenRepeated {
                throw error
            }
        }
        fields.append(field)
    }

    /// Forgets the request and keeps the storage.
    mutating func reset() {
        method = .get
        target = 0..<0
        path = 0..<0
        query = nil
        authority = nil
        isHTTP11 = true
        fields.removeAll(keepingCapacity: true)
        byteCount = 0
        contentLength = nil
        isChunked = false
        keepsAlive = true
        expectsContinue = false
        isUpgrade = false
        firstIndices = InlineArray(repeating: 0)
    }
}
