import CLibpq

/// The rows of one statement. Owns libpq's memory and lends it, so that an answer is copied once: into the response.
struct QueryResult: ~Copyable {
    private let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }
    deinit { PQclear(raw) }

    var rowCount: Int { Int(PQntuples(raw)) }
    var columnCount: Int { Int(PQnfields(raw)) }

    func isNull(row: Int, column: Int) -> Bool {
        check(row, column)
        return PQgetisnull(raw, Int32(row), Int32(column)) == 1
    }

    /// Lends the bytes of one field for the length of `body`. A null field lends no bytes.
    func withField<R, E: Error>(row: Int, column: Int, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let field = unsafeField(row: row, column: column)
        return try field.withMemoryRebound(to: UInt8.self) { (bytes) throws(E) in try body(bytes.span) }
    }

    /// The bytes of one field in place, for `writev` and the like. They live exactly as long as this value.
    func unsafeField(row: Int, column: Int) -> UnsafeRawBufferPointer {
        check(row, column)
        return UnsafeRawBufferPointer(
            start: PQgetvalue(raw, Int32(row), Int32(column)),
            count: Int(PQgetlength(raw, Int32(row), Int32(column))))
    }

    /// A copy of one field as text; nil is a null.
    func string(row: Int, column: Int) -> String? {
        guard !isNull(row: row, column: column) else { return nil }
        return String(decoding: unsafeField(row: row, column: column), as: UTF8.self)
    }

    /// The position of a column by its name as the statement gives it; nil if there is none.
    func column(named name: String) -> Int? {
        let number = name.withCString { PQfnumber(raw, $0) }
        return number < 0 ? nil : Int(number)
    }

    private func check(_ row: Int, _ column: Int) {
        precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount)
    }
}
