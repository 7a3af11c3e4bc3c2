extension Dialect {
    /// A response header that tells about a page.
    struct PageField: Equatable, Sendable {
        var name: String
        var value: String
    }

    /// Writes one page of a list.
    ///
    /// - Parameters:
    ///   - template: The route's own template, or nil for this contract's.
    ///   - items: A JSON array; no bytes, as for SQL's NULL, are an empty one.
    ///   - itemsKey: The member that holds the items, where the template asks for one.
    func renderPage(
        _ template: Template<PageSlot>? = nil, items: Span<UInt8>, itemsKey: String?, page result: PageResult,
        requestID: RequestID, timestampMilliseconds: Int64, into out: inout [UInt8]
    ) {
        items.withUnsafeBufferPointer { items in
            (template ?? page).write(into: &out) { slot in
                switch slot {
                case .items: items.isEmpty ? .bytes(Array("[]".utf8)) : .raw(items)
                case .itemsKey: .text(itemsKey ?? "items")
                case .timestamp: .timestamp(timestampMilliseconds)
                case .requestID: .requestID(requestID, requestIDForm)
                default: Self.value(of: slot, result)
                }
            }
        }
    }

    /// The headers of a page. One whose template comes out empty, such as a link from an only page, is left out.
    ///
    /// - Parameters:
    ///   - path: The request's path, as received.
    ///   - query: The request's query without its `?`, as received.
    ///   - origin: What links begin with, such as `https://api.example.com`; empty for links relative to the origin.
    func pageFields(
        _ result: PageResult, path: Span<UInt8>, query: Span<UInt8>, origin: String = "", requestID: RequestID,
        timestampMilliseconds: Int64
    ) -> [PageField] {
        guard !pageHeaders.isEmpty else { return [] }
        let link = pageLink(result, path: path, query: query, origin: origin)
        var fields: [PageField] = []
        for header in pageHeaders {
            var value: [UInt8] = []
            header.value.write(into: &value, as: .bare) { slot in
                switch slot {
                case .link: link.isEmpty ? .absent : .bytes(link)
                case .timestamp: .timestamp(timestampMilliseconds)
                case .requestID: .requestID(requestID, requestIDForm)
                default: Self.value(of: slot, result)
                }
            }
            if !value.isEmpty {
                fields.append(PageField(name: header.name, value: String(decoding: value, as: UTF8.self)))
            }
        }
        return fields
    }

    private static func value(of slot: PageSlot, _ result: PageResult) -> SlotValue {
        switch slot {
        case .total: result.total.map(SlotValue.number) ?? .absent
        case .count: .number(result.count)
        case .limit, .pageSize: .number(result.request.limit)
        case .offset: .number(result.request.offset)
        case .page: .number(result.request.page)
        case .totalPages: result.totalPages.map(SlotValue.number) ?? .absent
        case .hasNext: .truth(result.hasNext)
        case .hasPrevious: .truth(result.hasPrevious)
        case .items, .itemsKey, .link, .timestamp, .requestID: .absent
        }
    }

    /// `<…?page=3>; rel="next", <…?page=1>; rel="prev"` (RFC 8288).
    private func pageLink(
        _ result: PageResult, path: Span<UInt8>, query: Span<UInt8>, origin: String
    ) -> [UInt8] {
        let request = result.request
        let (name, next, previous) =
            switch pageStyle {
            case .offset: (offsetParameter, request.offset + result.count, max(request.offset - request.limit, 0))
            case .page: (pageParameter, request.page + 1, request.page - 1)
            }
        var link: [UInt8] = []
        func append(_ number: Int, _ relation: String) {
            if !link.isEmpty { link.append(contentsOf: ", ".utf8) }
            link.append(UInt8(ascii: "<"))
            link.append(contentsOf: origin.utf8)
            Self.appendTarget(path, to: &link)
            link.append(UInt8(ascii: "?"))
            Self.appendQuery(query, replacing: name, with: number, to: &link)
            link.append(contentsOf: ">; rel=\"\(relation)\"".utf8)
        }
        if result.hasNext { append(next, "next") }
        if result.hasPrevious { append(previous, "prev") }
        return link
    }

    /// Copies the query with one parameter changed where it stands, or added at the end.
    private static func appendQuery(
        _ query: Span<UInt8>, replacing name: String, with number: Int, to link: inout [UInt8]
    ) {
        var isReplaced = false
        var pairs = QueryFields()
        func appendReplacement() {
            link.append(contentsOf: name.utf8)
            link.append(UInt8(ascii: "="))
            link.append(decimal: number)
            isReplaced = true
        }
        var isFirst = true
        while let pair = pairs.next(in: query) {
            let isPage = QueryFields.isEqual(query.extracting(pair.name), name)
            if isPage, isReplaced { continue }
            if !isFirst { link.append(UInt8(ascii: "&")) }
            isFirst = false
            if isPage { appendReplacement() } else { appendTarget(query.extracting(pair.range), to: &link) }
        }
        if !isReplaced {
            if !isFirst { link.append(UInt8(ascii: "&")) }
            appendReplacement()
        }
    }

    /// Copies a part of the request target. What could end the link early or is no URI character is encoded.
    private static func appendTarget(_ bytes: Span<UInt8>, to link: inout [UInt8]) {
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), 0...0x20, 0x7F...0xFF:
                link.append(UInt8(ascii: "%"))
                link.appendHexadecimal(byte)
            default: link.append(byte)
            }
        }
    }
}
