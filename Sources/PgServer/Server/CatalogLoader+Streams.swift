/// The streams of the catalog, checked and compiled.
extension CatalogLoader {
    /// One row of `api.catalog_streams()`, and how many of its kind may be open.
    struct StreamRow {
        let columns: [String?]
        let limits: [StreamLimit]
    }

    /// The streams by their routes' `route_id`.
    func readStreams() throws(CatalogError) -> [String: StreamRow] {
        let limits = try rows("SELECT dialect, stream_class, subject, limit_count FROM api.catalog_stream_limits()").map
        {
            (row) throws(CatalogError) in
            StreamLimit(
                dialect: try text(row, 0, "stream limit"), streamClass: try text(row, 1, "stream limit"),
                subject: try text(row, 2, "stream limit"), countMax: try number(row, 3, "stream limit"))
        }
        let rows = try rows(
            """
            SELECT route_id, transport, state, coalesce_ms, heartbeat_ms, retry_ms, connected_event, event_name,
                heartbeat_event, heartbeat_template, error_event, error_template, lost_event, lost_template,
                stream_class, token_param, receive, array_to_string(allowed_origins, E'\\x1f')
            FROM api.catalog_streams()
            """)
        var streams: [String: StreamRow] = [:]
        for row in rows {
            streams[row[0] ?? ""] = StreamRow(columns: row, limits: limits.filter { $0.streamClass == row[14] })
        }
        return streams
    }

    func streamPlan(_ row: StreamRow, _ place: String, dialect: String) throws(CatalogError) -> StreamPlan {
        let columns = row.columns
        let id = try number(columns, 0, place)
        let limits = row.limits.filter { $0.dialect == dialect }
        if let streamClass = columns[14], limits.isEmpty {
            throw CatalogError("\(place): its dialect has no stream limit for class \(streamClass).")
        }
        return StreamPlan(
            relay: RelayRoute(
                id: id, kind: columns[2] == nil ? .frames : .state, eventName: try eventName(columns, 7, place)),
            transport: try word(columns, 1, place),
            state: columns[2].map { Statement("SELECT coalesce(\($0)(), NULL::json)") },
            coalesce: .milliseconds(try number(columns, 3, place)),
            heartbeatInterval: .milliseconds(try number(columns, 4, place)),
            connectedEvent: Array(try eventName(columns, 6, place).utf8),
            heartbeat: columns[9] == nil ? nil : try message(columns, 8, place),
            error: try message(columns, 10, place), lost: try message(columns, 12, place),
            allowedOrigins: Self.list(columns[17]).map { origins in Set(origins.map { Array($0.utf8) }) },
            limits: limits, tokenParameter: columns[15], retry: .milliseconds(try number(columns, 5, place)),
            receive: try word(columns, 16, place))
    }

    /// The name of an event in one column, and what it says in the next.
    private func message(_ columns: [String?], _ column: Int, _ place: String) throws(CatalogError)
        -> StreamPlan.Message
    {
        let text = try text(columns, column + 1, place)
        return StreamPlan.Message(
            event: Array(try eventName(columns, column, place).utf8),
            template: try template("\(place), event \(columns[column] ?? "")") { () throws(TemplateError) in
                try Template(parsing: text)
            })
    }

    /// A name that is one line: it becomes a field of the event stream.
    private func eventName(_ columns: [String?], _ column: Int, _ place: String) throws(CatalogError) -> String {
        let name = columns[column] ?? ""
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CatalogError("\(place): \"\(name)\" is no name of an event.")
        }
        return name
    }
}
