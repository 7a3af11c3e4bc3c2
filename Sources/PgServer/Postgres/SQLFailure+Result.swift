import CLibpq

extension SQLFailure {
    /// SQLSTATE of a failure that PostgreSQL itself did not name: the connection's.
    static let connectionFailure = "08006"

    /// Copies what an error result says. It frees nothing. What is empty says nothing: `RAISE` cannot leave a field out.
    init(_ result: OpaquePointer) {
        func field(_ code: Int) -> String? {
            guard let text = PQresultErrorField(result, Int32(code)), text.pointee != 0 else { return nil }
            return String(cString: text)
        }
        self.init(
            sqlState: field(PGS_DIAG_SQLSTATE) ?? Self.connectionFailure,
            message: field(PGS_DIAG_MESSAGE_PRIMARY) ?? String(cString: PQresultErrorMessage(result)),
            detail: field(PGS_DIAG_MESSAGE_DETAIL),
            hint: field(PGS_DIAG_MESSAGE_HINT),
            schema: field(PGS_DIAG_SCHEMA_NAME),
            table: field(PGS_DIAG_TABLE_NAME),
            column: field(PGS_DIAG_COLUMN_NAME),
            dataType: field(PGS_DIAG_DATATYPE_NAME),
            constraint: field(PGS_DIAG_CONSTRAINT_NAME),
            isInsideFunction: field(PGS_DIAG_CONTEXT) != nil)
    }
}
