/// Reads a ``Catalog`` through the functions of schema `api`, in one snapshot.
struct CatalogLoader {
    let connection: BlockingConnection
    let configuration: Configuration
    let registry: RateRegistry

    /// - Throws: a sentence that names what is wrong; nothing of a broken catalog is used.
    func load(generation: Int) throws(CatalogError) -> Catalog {
        try run("BEGIN TRANSACTION READ ONLY ISOLATION LEVEL REPEATABLE READ")
        do throws(CatalogError) {
            let catalog = try read(generation: generation)
            try run("COMMIT")
            return catalog
        } catch {
            do throws(CatalogError) { try run("ROLLBACK") } catch {}  // the first failure is the one to tell
            throw error
        }
    }

    /// The settings that the environment decides, as a JSON object: they hold for as long as the process lives.
    func readOverrides() throws(CatalogError) -> String { try readSettings().overrides }

    private func read(generation: Int) throws(CatalogError) -> Catalog {
        if let fault = try rows("SELECT fault FROM api.catalog_faults() AS f (fault) LIMIT 1").first?[0] {
            throw CatalogError(fault)
        }
        let settings = try readSettings()
        let problems = try readProblems()
        let dialects = try readDialects(problems)
        let routes = try readRoutes(dialects)
        let sentences = try readSentences()
        let openPrincipals = try openPrincipals(dialects, settings)
        let policyRows = try readPolicies()
        let policies: RatePolicies  // put in force last, when nothing else can be found broken
        do throws(AdmissionError) { policies = try registry.install(policyRows) } catch {
            throw CatalogError("Rate policies: \(error).")
        }
        return try Catalog(
            generation: generation, routes: routes, dialects: dialects, sentences: sentences, policies: policies,
            settings: settings.resolved, openPrincipals: openPrincipals)
    }

    // MARK: Settings

    private func readSettings() throws(CatalogError) -> SettingsResolver.Resolution {
        let settings = try rows("SELECT name, environment, type, value FROM api.catalog_settings()").map {
            SettingsResolver.Row(name: $0[0] ?? "", environment: $0[1] ?? "", type: $0[2] ?? "", value: $0[3])
        }
        if let fault = configuration.unknownVariables(besides: settings.map(\.environment)).first {
            throw CatalogError(fault)
        }
        let resolution = SettingsResolver.resolve(settings) { configuration.environment(named: $0) }
        if let fault = resolution.faults.first { throw CatalogError(fault) }
        let sentences = try rows("SELECT s FROM api.settings_faults($1::json) AS f (s)", [resolution.resolved])
        if let fault = sentences.first?[0] { throw CatalogError(fault) }
        return resolution
    }

    /// The callers of dialects whose authentication a setting has switched off.
    private func openPrincipals(
        _ dialects: [Dialect], _ settings: SettingsResolver.Resolution
    ) throws(CatalogError) -> [Principal?] {
        let json = Array(settings.resolved.utf8)
        var object = JSONObject()
        guard object.readValid(json.span) else { throw CatalogError("The settings are no JSON object.") }
        var principals: [Principal?] = []
        for dialect in dialects {
            guard let setting = dialect.authSetting, let claims = dialect.openClaims else {
                principals.append(nil)
                continue
            }
            guard let member = object.members.last(where: { object.names[$0.name].elementsEqual(setting.utf8) }) else {
                throw CatalogError("Dialect \(dialect.name): there is no setting \(setting).")
            }
            let isOff = json[member.value.range].elementsEqual("false".utf8)
            do throws(TokenError) {
                principals.append(isOff ? try Principal(claimsJSON: Array(claims.utf8)) : nil)
            } catch { throw CatalogError("Dialect \(dialect.name): its open claims cannot be used: \(error).") }
        }
        return principals
    }

    // MARK: Dialects

    private func readProblems() throws(CatalogError) -> [ProblemRow] {
        try rows("SELECT dialect, code, status, public_code, message FROM api.catalog_problems()").map {
            (row) throws(CatalogError) in
            ProblemRow(
                dialect: try text(row, 0, "problem"), code: try text(row, 1, "problem"),
                status: try number(row, 2, "problem"), publicCode: row[3], message: row[4])
        }
    }

    private func readDialects(_ problems: [ProblemRow]) throws(CatalogError) -> [Dialect] {
        let rows = try rows(
            """
            SELECT dialect, title, array_to_string(prefixes, E'\\x1f'), success_template, error_template,
                fault_template, fault_separator, request_id_form, page_style, page_param, size_param, offset_param,
                page_template, page_headers, unknown_fields, auth_setting, open_claims, www_authenticate
            FROM api.catalog_dialects()
            """)
        var dialects: [Dialect] = []
        for row in rows {
            let dialectRow = DialectRow(
                dialect: row[0] ?? "", title: row[1] ?? "", prefixes: Self.list(row[2]) ?? [],
                successTemplate: row[3] ?? "", errorTemplate: row[4] ?? "", faultTemplate: row[5] ?? "",
                faultSeparator: row[6] ?? "", requestIDForm: row[7] ?? "", pageStyle: row[8] ?? "",
                pageParameter: row[9] ?? "", sizeParameter: row[10] ?? "", offsetParameter: row[11] ?? "",
                pageTemplate: row[12] ?? "", pageHeaders: row[13], unknownFields: row[14] ?? "",
                authSetting: row[15], openClaims: row[16], wwwAuthenticate: row[17])
            do throws(DialectError) { dialects.append(try Dialect(dialectRow, problems: problems)) } catch {
                throw CatalogError("\(error)")
            }
        }
        guard !dialects.isEmpty else { throw CatalogError("The catalog has no dialect: is the database migrated?") }
        return dialects
    }

    private func readSentences() throws(CatalogError) -> [String: ConstraintSentence] {
        var sentences: [String: ConstraintSentence] = [:]
        for row in try rows("SELECT name, sentence, column_name FROM api.catalog_constraints()") {
            sentences[row[0] ?? ""] = ConstraintSentence(sentence: row[1] ?? "", column: row[2])
        }
        return sentences
    }

    private func readPolicies() throws(CatalogError) -> [RatePolicy] {
        try rows(
            """
            SELECT dialect, rate_class, subject, selector_claim, selector_value, kind, limit_count, window_seconds, burst
            FROM api.catalog_rate_policies()
            """
        ).map { (row) throws(CatalogError) in
            RatePolicy(
                dialect: try text(row, 0, "rate policy"), rateClass: try text(row, 1, "rate policy"),
                subject: try text(row, 2, "rate policy"), selectorClaim: row[3], selectorValue: row[4],
                kind: try word(row, 5, "rate policy"), limitCount: try number(row, 6, "rate policy"),
                windowSeconds: try number(row, 7, "rate policy"), burst: try number(row, 8, "rate policy"))
        }
    }

    // MARK: Routes

    private func readRoutes(_ dialects: [Dialect]) throws(CatalogError) -> [Route] {
        let parameters = try readParameters()
        let streams = try readStreams()
        let rows = try rows(
            """
            SELECT route_id, method, path, kind, call_name, dialect, auth, permission, rate_class, pool, timeout_ms,
                is_read_only, is_retryable, success_status, returns, content_type, page_template, items_key,
                success_template, unknown_fields, max_body_bytes, unavailable_template, heeds_keys,
                chunk_call
            FROM api.catalog_routes()
            """)
        var routes: [Route] = []
        for row in rows {
            routes.append(
                try route(row, at: routes.count, parameters[row[0] ?? ""] ?? [], streams[row[0] ?? ""], dialects))
        }
        return routes
    }

    private func route(
        _ row: [String?], at index: Int, _ parameterRows: [ParameterRow], _ stream: StreamRow?, _ dialects: [Dialect]
    ) throws(CatalogError) -> Route {
        let name = "\(row[1] ?? "") \(row[2] ?? "")"
        let place = "Route \(name)"
        guard let method = RouteMethod(name: try text(row, 1, place)) else {
            throw CatalogError("\(place): there is no such method.")
        }
        guard let dialect = dialects.firstIndex(where: { $0.name == row[5] }) else {
            throw CatalogError("\(place): there is no dialect \(row[5] ?? "").")
        }
        let path = try text(row, 2, place)
        let pattern: RoutePattern
        do throws(RoutingError) { pattern = try RoutePattern(parsing: path) } catch {
            throw CatalogError(error.sentence)
        }
        let returns: CallPlan.Returns = try word(row, 14, place)
        let unknownFields = try row[19].map { (text) throws(CatalogError) in
            try Self.value(Dialect.UnknownFields(rawValue: text), "\(place): unknown_fields cannot be \(text).")
        }
        let plan: CallPlan
        do throws(BindingError) {
            var parameters: [Parameter] = []
            for parameterRow in parameterRows {
                parameters.append(try Parameter(parameterRow, captureNames: pattern.captureNames))
            }
            plan = try CallPlan(
                callName: row[4] ?? "", returns: returns, parameters: parameters,
                refusesUnknownFields: (unknownFields ?? dialects[dialect].unknownFields) == .refuse)
        } catch { throw CatalogError("\(place): \(error.sentence)") }
        let kind: Route.Kind = try word(row, 3, place)
        guard (kind == .stream) == (returns == .subscription), (kind == .stream) == (stream != nil) else {
            throw CatalogError("\(place): a stream is declared as one, and its function returns api.subscription.")
        }
        let streamPlan = try stream.map { (stream) throws(CatalogError) in
            try self.streamPlan(stream, place, dialect: dialects[dialect].name)
        }
        return Route(
            index: index, name: name, method: method, pattern: pattern, kind: kind,
            dialect: dialect, authentication: try word(row, 6, place), permission: row[7], rateClass: row[8],
            connectionClass: row[9] == "slow" ? .slow : .fast, timeout: try timeout(row[10], place),
            isReadOnly: row[11] == "t", isRetryable: row[12] == "t", successStatus: try number(row, 13, place),
            contentType: row[15] ?? "application/json",
            pageTemplate: try row[16].map { (text) throws(CatalogError) in
                try template(place) { () throws(TemplateError) in try Dialect.pageTemplate(parsing: text) }
            },
            itemsKey: row[17],
            successTemplate: try row[18].map { (text) throws(CatalogError) in
                try template(place) { () throws(TemplateError) in try Dialect.successTemplate(parsing: text) }
            },
            unavailableTemplate: try row[21].map { (text) throws(CatalogError) in
                try template(place) { () throws(TemplateError) in try Dialect.unavailableTemplate(parsing: text) }
            },
            bodyByteCountMax: try row[20].map { (_) throws(CatalogError) in try number(row, 20, place) },
            heedsKeys: row[22] == "t", chunkCall: row[23], plan: plan, stream: streamPlan)
    }

    private func readParameters() throws(CatalogError) -> [String: [ParameterRow]] {
        var parameters: [String: [ParameterRow]] = [:]
        let rows = try rows(
            """
            SELECT route_id, name, sql_type, kind, element_kind, source, source_name, is_required, is_nullable,
                default_text, has_default, default_is_constant, minimum, maximum, min_length, max_length,
                array_to_string(enum_values, E'\\x1f')
            FROM api.catalog_parameters() ORDER BY route_id, "position"
            """)
        for row in rows {
            parameters[row[0] ?? "", default: []].append(
                ParameterRow(
                    name: row[1] ?? "", sqlType: row[2] ?? "", kind: row[3] ?? "", elementKind: row[4],
                    source: row[5] ?? "", sourceName: row[6] ?? "", isRequired: row[7] == "t",
                    isNullable: row[8] == "t",
                    defaultText: row[9], hasDefault: row[10] == "t", defaultIsConstant: row[11] == "t",
                    minimum: row[12], maximum: row[13], minLength: row[14].flatMap { Int($0) },
                    maxLength: row[15].flatMap { Int($0) }, enumValues: Self.list(row[16])))
        }
        return parameters
    }

    private func timeout(_ text: String?, _ place: String) throws(CatalogError) -> Duration {
        guard let text else { return configuration.statementTimeout }
        guard let milliseconds = Int(text), milliseconds > 0 else {
            throw CatalogError("\(place): its timeout is not a number of milliseconds.")
        }
        return .milliseconds(milliseconds)
    }

    // MARK: Fields

    /// What `array_to_string(…, E'\x1f')` joined.
    static func list(_ text: String?) -> [String]? {
        text.map { $0.isEmpty ? [] : $0.split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init) }
    }

    private static func value<Value>(_ value: Value?, _ sentence: String) throws(CatalogError) -> Value {
        guard let value else { throw CatalogError(sentence) }
        return value
    }

    func text(_ row: [String?], _ column: Int, _ place: String) throws(CatalogError) -> String {
        try Self.value(row[column], "\(place): column \(column + 1) is empty.")
    }

    func number(_ row: [String?], _ column: Int, _ place: String) throws(CatalogError) -> Int {
        try Self.value(row[column].flatMap { Int($0) }, "\(place): column \(column + 1) is not a number.")
    }

    func word<Word: RawRepresentable<String>>(
        _ row: [String?], _ column: Int, _ place: String
    ) throws(CatalogError) -> Word {
        let text = try text(row, column, place)
        return try Self.value(Word(rawValue: text), "\(place): \(text) is not known.")
    }

    func template<Slot>(
        _ place: String, _ read: () throws(TemplateError) -> Template<Slot>
    ) throws(CatalogError) -> Template<Slot> {
        do throws(TemplateError) { return try read() } catch { throw CatalogError("\(place): \(error.sentence)") }
    }

    func rows(_ sql: String, _ parameters: [String?] = []) throws(CatalogError) -> [[String?]] {
        do throws(PostgresError) { return try connection.rows(sql, parameters) } catch {
            throw CatalogError("PostgreSQL: \(error.failure.message)")
        }
    }

    private func run(_ sql: String) throws(CatalogError) {
        do throws(PostgresError) { try connection.run(sql) } catch {
            throw CatalogError("PostgreSQL: \(error.failure.message)")
        }
    }
}
