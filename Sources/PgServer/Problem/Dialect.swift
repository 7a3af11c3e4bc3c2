/// How one contract prints problems, answers and pages. Data from the catalog; each printer is a pure function.
struct Dialect: Sendable {
    enum ErrorSlot: String, TemplateSlot {
        case status, code, message, hint, timestamp, faults
        case requestID = "request_id"
        case retryAfter = "retry_after"
        case firstField = "first_field"
        case firstCode = "first_code"
        case firstMessage = "first_message"
    }

    enum FaultSlot: String, TemplateSlot { case field, code, message }

    enum SuccessSlot: String, TemplateSlot {
        case body, timestamp, pagination
        case requestID = "request_id"
    }

    /// Of what a route says while PostgreSQL cannot be asked.
    enum UnavailableSlot: String, TemplateSlot {
        case timestamp
        case requestID = "request_id"
    }

    enum PageSlot: String, TemplateSlot {
        case items, total, count, limit, offset, page, link, timestamp
        case pageSize = "page_size"
        case totalPages = "total_pages"
        case hasNext = "has_next"
        case hasPrevious = "has_previous"
        case itemsKey = "items_key"
        case requestID = "request_id"
    }

    enum PageStyle: String, Sendable { case offset, page }

    enum UnknownFields: String, Sendable { case ignore, refuse }

    struct PageHeader: Sendable {
        let name: String
        let value: Template<PageSlot>
    }

    let name: String
    let title: String
    let prefixes: [String]
    let success: Template<SuccessSlot>
    let page: Template<PageSlot>
    let pageStyle: PageStyle
    let pageParameter: String
    let sizeParameter: String
    let offsetParameter: String
    let pageHeaders: [PageHeader]
    let requestIDForm: RequestIDForm
    let unknownFields: UnknownFields
    let authSetting: String?
    let openClaims: String?
    let wwwAuthenticate: String?
    let error: Template<ErrorSlot>
    let fault: Template<FaultSlot>
    let faultSeparator: String
    private let problems: [String: ProblemRow]

    /// - Parameter problems: The rows of `api.catalog_problems()`; those of other dialects are passed over.
    /// - Throws: if a template cannot be read, a word is unknown, or an internal code has no row.
    init(_ row: DialectRow, problems rows: [ProblemRow]) throws(DialectError) {
        name = row.dialect
        title = row.title
        prefixes = row.prefixes
        success = try Self.template(row.successTemplate, "success_template", of: row)
        error = try Self.template(row.errorTemplate, "error_template", of: row)
        fault = try Self.template(row.faultTemplate, "fault_template", of: row)
        faultSeparator = row.faultSeparator
        do throws(TemplateError) { requestIDForm = try RequestIDForm(parsing: row.requestIDForm) } catch {
            throw DialectError(row.dialect, "request_id_form: \(error.sentence)")
        }
        pageStyle = try Self.word(row.pageStyle, "page_style", of: row)
        pageParameter = row.pageParameter
        sizeParameter = row.sizeParameter
        offsetParameter = row.offsetParameter
        do throws(TemplateError) { page = try Self.pageTemplate(parsing: row.pageTemplate) } catch {
            throw DialectError(row.dialect, "page_template: \(error.sentence)")
        }
        pageHeaders = try Self.pageHeaders(of: row)
        unknownFields = try Self.word(row.unknownFields, "unknown_fields", of: row)
        authSetting = row.authSetting
        openClaims = row.openClaims
        wwwAuthenticate = row.wwwAuthenticate

        var problems: [String: ProblemRow] = [:]
        for problem in rows where problem.dialect == row.dialect {
            guard (400...599).contains(problem.status) else {
                throw DialectError(row.dialect, "problem \(problem.code) has status \(problem.status)")
            }
            guard problems.updateValue(problem, forKey: problem.code) == nil else {
                throw DialectError(row.dialect, "problem \(problem.code) has two rows")
            }
        }
        for code in ProblemCode.allCases where problems[code.rawValue] == nil {
            throw DialectError(row.dialect, "problem \(code.rawValue) has no row")
        }
        self.problems = problems
    }

    /// Reads a route's own success template.
    static func successTemplate(parsing text: String) throws(TemplateError) -> Template<SuccessSlot> {
        try Template(parsing: text)
    }

    /// Reads what a route says while PostgreSQL cannot be asked.
    static func unavailableTemplate(parsing text: String) throws(TemplateError) -> Template<UnavailableSlot> {
        try Template(parsing: text)
    }

    /// Reads a page template. Links are for headers, where text is bare.
    static func pageTemplate(parsing text: String) throws(TemplateError) -> Template<PageSlot> {
        let template = try Template<PageSlot>(parsing: text)
        guard !template.uses(.link) else { throw .unexpectedText }
        return template
    }

    /// The row for a code, if the contract has one.
    func row(for code: String) -> ProblemRow? { problems[code] }

    private static func template<Slot>(
        _ text: String, _ column: String, of row: DialectRow
    ) throws(DialectError) -> Template<Slot> {
        do throws(TemplateError) { return try Template(parsing: text) } catch {
            throw DialectError(row.dialect, "\(column): \(error.sentence)")
        }
    }

    private static func word<Word: RawRepresentable<String>>(
        _ text: String, _ column: String, of row: DialectRow
    ) throws(DialectError) -> Word {
        guard let word = Word(rawValue: text) else { throw DialectError(row.dialect, "\(column) cannot be \(text)") }
        return word
    }

    private static func pageHeaders(of row: DialectRow) throws(DialectError) -> [PageHeader] {
        guard let text = row.pageHeaders.map({ Array($0.utf8) }) else { return [] }
        var object = JSONObject()
        guard object.readValid(text.span) else { throw DialectError(row.dialect, "page_headers is no JSON object") }
        var headers: [PageHeader] = []
        for member in object.members {
            let name = String(decoding: object.names[member.name], as: UTF8.self)
            guard let value = object.string(for: name, in: text.span) else {
                throw DialectError(row.dialect, "page_headers: \(name) is not a string")
            }
            let header = PageHeader(name: name, value: try template(value, "page_headers: \(name)", of: row))
            let isLetter: (UInt8) -> Bool = { (65...90).contains($0 & ~0x20) || $0.isDigit || $0 == UInt8(ascii: "-") }
            guard !name.isEmpty, name.utf8.allSatisfy(isLetter),
                header.value.literalBytes.allSatisfy({ (0x20..<0x7F).contains($0) })
            else { throw DialectError(row.dialect, "page_headers: \(name) would not be a header") }
            headers.append(header)
        }
        return headers
    }
}
