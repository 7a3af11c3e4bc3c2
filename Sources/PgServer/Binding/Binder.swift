/// Turns a request into the arguments of a call, or says everything that is wrong with it at once.
///
/// Its memory is used again for the next request; each thread has one.
///
/// Decided here, where JSON and PostgreSQL leave a choice: a number such as `3.0` or `1e2` is an integer, as in JSON
/// Schema; a string is never a number nor a number a string; `null` is SQL's NULL where the parameter may be NULL and
/// counts as absent where it may not; an empty value in a query is absent unless the parameter is text.
struct Binder {
    /// The largest body it takes. What the arguments can grow to from it still has 32-bit offsets.
    static let bodyByteCountMax = ArgumentBuffer.byteCountMax / 8

    /// What the request holds for one parameter, before it is read.
    private enum Found {
        case nothing
        /// Bytes of the query.
        case query(Range<Int>)
        /// A value in the body.
        case body(JSONValue)
    }

    private var found: [Found] = []
    private var object = JSONObject()
    private var element: [UInt8] = []
    private var faults: [Fault] = []

    /// Fills `arguments` for one of the plan's calls.
    ///
    /// - Parameters:
    ///   - path: As received, still encoded, as `captures` refers to it.
    ///   - query: As received, without its `?`; empty if there is none.
    ///   - body: The whole body; empty if there is none.
    ///   - contentType: The header's value, or empty.
    ///   - header: The value of a request header, by its name in lower case.
    ///   - server: What the server itself knows, by name, such as its state.
    /// - Returns: The index of the call in ``CallPlan/calls``.
    /// - Throws: a problem that names every fault.
    mutating func bind(
        _ plan: CallPlan, path: Span<UInt8>, captures: Captures, query: Span<UInt8>, body: Span<UInt8>,
        contentType: Span<UInt8>, header: (String) -> [UInt8]?, server: (String) -> [UInt8]?,
        into arguments: inout ArgumentBuffer
    ) throws(Problem) -> Int {
        arguments.removeAll()
        faults.removeAll(keepingCapacity: true)
        found.removeAll(keepingCapacity: true)
        for _ in plan.parameters { found.append(.nothing) }
        guard body.count <= Self.bodyByteCountMax else { throw Problem(.tooLarge) }
        if plan.takesQuery || plan.refusesUnknownFields { findInQuery(plan, query) }
        try findInBody(plan, body, contentType)

        var omitted = 0
        for (index, parameter) in plan.parameters.enumerated() where faults.count < Problem.faultCountMax {
            let start = arguments.bytes.count
            let isPresent: Bool
            switch parameter.source {
            case .path(let capture):
                isPresent = true
                append(path.extracting(captures[capture]), encoded: .inPath, of: parameter, to: &arguments)
            case .query:
                isPresent = appendQuery(found[index], query, of: parameter, to: &arguments)
            case .body:
                isPresent = appendBody(found[index], body, of: parameter, to: &arguments)
            case .wholeBody:
                isPresent = appendWhole(body, found[index], of: parameter, to: &arguments)
            case .header:
                isPresent = append(header(parameter.sourceName), of: parameter, to: &arguments)
            case .server:
                isPresent = append(server(parameter.sourceName), of: parameter, to: &arguments)
            }
            guard !isPresent else { continue }
            arguments.bytes.removeSubrange(start...)
            switch parameter.absence {
            case .refused: refuse(parameter, .missing)
            case .leftOut: omitted |= plan.omissionBits[index]
            case .constant(nil): arguments.appendNull()
            case .constant(let value?):
                arguments.bytes.append(contentsOf: value)
                arguments.endValue(from: start)
            }
        }
        guard faults.isEmpty else { throw Problem(.invalid, faults: faults) }
        return omitted
    }

    // MARK: Finding

    private mutating func findInQuery(_ plan: CallPlan, _ query: Span<UInt8>) {
        var fields = QueryFields()
        while let field = fields.next(in: query), faults.count < Problem.faultCountMax {
            let name = query.extracting(field.name)
            let index = plan.parameters.firstIndex {
                $0.source == .query && QueryFields.isEqual(name, $0.sourceName)
            }
            guard let index else {
                if plan.refusesUnknownFields { refuse(unknown: Self.name(name)) }
                continue
            }
            let parameter = plan.parameters[index]
            guard !field.value.isEmpty || parameter.kind == .text else { continue }
            switch found[index] {
            case .nothing: found[index] = .query(field.value)
            case .query, .body: if parameter.kind != .array { refuse(parameter, .duplicate) }
            }
        }
    }

    private mutating func findInBody(
        _ plan: CallPlan, _ body: Span<UInt8>, _ contentType: Span<UInt8>
    ) throws(Problem) {
        let isJSON = plan.takesBodyFields || plan.wholeBody.map { plan.parameters[$0].kind == .json } ?? false
        guard isJSON, !body.isEmpty else { return }
        guard ContentType.isJSON(contentType) else {
            throw Problem(.unsupportedMediaType, message: "The body must be application/json.")
        }
        let kind = try read(body)
        if let name = object.duplicateName() {
            let field = String(decoding: object.names[name], as: UTF8.self)
            faults.append(Fault(field: field, code: "duplicate", message: "is given more than once"))
        }
        if let index = plan.wholeBody {
            found[index] = .body(JSONValue(kind: kind, start: 0, end: body.count))
            return
        }
        guard kind == .object else {
            faults.append(Fault(field: "body", code: "invalid_type", message: "must be a JSON object"))
            return
        }
        for member in object.members where faults.count < Problem.faultCountMax {
            let name = object.names[member.name]
            let index = plan.parameters.firstIndex { $0.source == .body && name.elementsEqual($0.sourceBytes) }
            if let index {
                found[index] = .body(member.value)
            } else if plan.refusesUnknownFields {
                refuse(unknown: String(decoding: name, as: UTF8.self))
            }
        }
    }

    private mutating func read(_ body: Span<UInt8>) throws(Problem) -> JSONValue.Kind {
        do throws(JSONError) { return try object.read(body) } catch {
            let code: ProblemCode = error.reason == .nulCharacter ? .invalid : .malformedRequest
            throw Problem(
                code, message: error.sentence,
                faults: [Fault(field: "body", code: "malformed", message: error.sentence)])
        }
    }

    // MARK: Appending

    private enum Encoding { case none, inPath, inQuery }

    private mutating func appendQuery(
        _ found: Found, _ query: Span<UInt8>, of parameter: Parameter, to arguments: inout ArgumentBuffer
    ) -> Bool {
        guard case .query(let range) = found else { return false }
        guard parameter.kind == .array else {
            append(query.extracting(range), encoded: .inQuery, of: parameter, to: &arguments)
            return true
        }
        // A list is repeated, or has commas, or both.
        let start = arguments.bytes.count
        var count = 0
        arguments.bytes.append(UInt8(ascii: "{"))
        var fields = QueryFields()
        while let field = fields.next(in: query) {
            guard QueryFields.isEqual(query.extracting(field.name), parameter.sourceName) else { continue }
            let list = query.extracting(field.value)
            appendElements(list, encoded: .inQuery, of: parameter, &count, to: &arguments.bytes)
        }
        arguments.bytes.append(UInt8(ascii: "}"))
        arguments.endValue(from: start)
        return true
    }

    private mutating func appendBody(
        _ found: Found, _ body: Span<UInt8>, of parameter: Parameter, to arguments: inout ArgumentBuffer
    ) -> Bool {
        guard case .body(let value) = found else { return false }
        if value.kind == .null {
            if parameter.isNullable { arguments.appendNull() }
            return parameter.isNullable
        }
        if let fault = Self.mismatch(value.kind, parameter.kind) {
            refuse(parameter, fault)
            return true
        }
        let start = arguments.bytes.count
        if parameter.kind == .array {
            appendArray(value, body, of: parameter, to: &arguments.bytes)
            arguments.endValue(from: start)
            return true
        }
        Self.append(value, body, to: &arguments.bytes, as: parameter.kind)
        if parameter.kind == .json {
            arguments.endValue(from: start)  // the scanner has been over it
        } else {
            finish(parameter, from: start, &arguments)
        }
        return true
    }

    private mutating func appendWhole(
        _ body: Span<UInt8>, _ found: Found, of parameter: Parameter, to arguments: inout ArgumentBuffer
    ) -> Bool {
        guard !body.isEmpty else { return false }
        switch parameter.kind {
        case .json: return appendBody(found, body, of: parameter, to: &arguments)
        case .bytea:
            let start = arguments.bytes.count
            arguments.bytes.append(body)
            arguments.endValue(from: start, format: ArgumentBuffer.Format.binary)
        default: append(body, encoded: .none, of: parameter, to: &arguments)
        }
        return true
    }

    private mutating func append(
        _ text: [UInt8]?, of parameter: Parameter, to arguments: inout ArgumentBuffer
    ) -> Bool {
        guard let text, !text.isEmpty || parameter.kind == .text else { return false }
        append(text.span, encoded: .none, of: parameter, to: &arguments)
        return true
    }

    private mutating func append(
        _ text: Span<UInt8>, encoded encoding: Encoding, of parameter: Parameter, to arguments: inout ArgumentBuffer
    ) {
        let start = arguments.bytes.count
        if parameter.kind == .array {
            var count = 0
            arguments.bytes.append(UInt8(ascii: "{"))
            appendElements(text, encoded: encoding, of: parameter, &count, to: &arguments.bytes)
            arguments.bytes.append(UInt8(ascii: "}"))
            arguments.endValue(from: start)
        } else if Self.append(text, encoded: encoding, to: &arguments.bytes) {
            finish(parameter, from: start, &arguments)
        } else {
            refuse(parameter, .badEncoding)
        }
    }

    private mutating func finish(_ parameter: Parameter, from start: Int, _ arguments: inout ArgumentBuffer) {
        if let fault = ValueCheck.check(&arguments.bytes, from: start, as: parameter.kind, of: parameter) {
            refuse(parameter, fault)
        } else {
            let isBinary = parameter.kind == .bytea
            arguments.endValue(
                from: start, format: isBinary ? ArgumentBuffer.Format.binary : ArgumentBuffer.Format.text)
        }
    }

    private mutating func appendArray(
        _ array: JSONValue, _ body: Span<UInt8>, of parameter: Parameter, to bytes: inout [UInt8]
    ) {
        var elements = JSONElements(of: array)
        var count = 0
        bytes.append(UInt8(ascii: "{"))
        while let value = elements.next(in: body), faults.count < Problem.faultCountMax {
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            defer { count += 1 }
            if value.kind == .null {
                ArrayLiteral.appendNull(to: &bytes)
                continue
            }
            if let fault = Self.mismatch(value.kind, parameter.elementKind) {
                refuse(parameter, fault, at: count)
                continue
            }
            element.removeAll(keepingCapacity: true)
            Self.append(value, body, to: &element, as: parameter.elementKind)
            finishElement(of: parameter, at: count, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends the elements of `a,b,c`. A comma that is encoded is part of its element; empty elements are passed over.
    private mutating func appendElements(
        _ text: Span<UInt8>, encoded encoding: Encoding, of parameter: Parameter, _ count: inout Int,
        to bytes: inout [UInt8]
    ) {
        var position = 0
        while position < text.count, faults.count < Problem.faultCountMax {
            let start = position
            while position < text.count, text[position] != UInt8(ascii: ",") { position += 1 }
            let piece = text.extracting(start..<position)
            position += 1  // past the comma
            guard !piece.isEmpty else { continue }
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            element.removeAll(keepingCapacity: true)
            if Self.append(piece, encoded: encoding, to: &element) {
                finishElement(of: parameter, at: count, to: &bytes)
            } else {
                refuse(parameter, .badEncoding, at: count)
            }
            count += 1
        }
    }

    private mutating func finishElement(of parameter: Parameter, at index: Int, to bytes: inout [UInt8]) {
        if let fault = ValueCheck.check(&element, from: 0, as: parameter.elementKind, of: parameter) {
            refuse(parameter, fault, at: index)
        } else {
            ArrayLiteral.append(element.span, as: parameter.elementKind, to: &bytes)
        }
    }

    private static func append(_ text: Span<UInt8>, encoded encoding: Encoding, to bytes: inout [UInt8]) -> Bool {
        switch encoding {
        case .none:
            bytes.append(text)
            return true
        case .inPath: return PercentEncoding.appendDecoded(text, plusIsSpace: false, to: &bytes)
        case .inQuery: return PercentEncoding.appendDecoded(text, plusIsSpace: true, to: &bytes)
        }
    }

    private static func append(
        _ value: JSONValue, _ body: Span<UInt8>, to bytes: inout [UInt8], as kind: ParameterKind
    ) {
        if value.kind == .string, kind != .json {
            value.appendString(of: body, to: &bytes)
        } else {
            bytes.append(body.extracting(value.range))
        }
    }

    // MARK: Refusing

    /// What is wrong with a JSON value of one kind for a parameter of another.
    private static func mismatch(_ value: JSONValue.Kind, _ kind: ParameterKind) -> ValueFault? {
        switch kind {
        case .json: nil
        case .text, .enumeration, .bytea, .uuid, .date, .timestamptz: value == .string ? nil : .notString
        case .int2, .int4, .int8: value == .number ? nil : .notInteger
        case .numeric, .float: value == .number ? nil : .notNumber
        case .bool: value == .boolean ? nil : .notBoolean
        case .array: value == .array ? nil : .notArray
        case .other: value == .object || value == .array ? .notScalar : nil
        }
    }

    private mutating func refuse(_ parameter: Parameter, _ fault: ValueFault, at index: Int? = nil) {
        let field = index.map { "\(parameter.sourceName)[\($0)]" } ?? parameter.sourceName
        faults.append(Fault(field: field, code: fault.code, message: fault.message(for: parameter)))
    }

    private mutating func refuse(unknown field: String) {
        faults.append(Fault(field: field, code: "unknown_field", message: "is not a known field"))
    }

    private static func name(_ encoded: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        guard PercentEncoding.appendDecoded(encoded, plusIsSpace: true, to: &bytes) else {
            return encoded.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
