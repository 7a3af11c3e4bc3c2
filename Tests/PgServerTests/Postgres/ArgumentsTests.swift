import Testing

@testable import PgServer

@Suite("Arguments")
struct ArgumentsTests {
    @Test("keep values, empty values and nulls apart")
    func values() throws {
        var arguments = ArgumentBuffer()
        try arguments.append("été")
        arguments.appendNull()
        try arguments.append("")
        arguments.append(-7)
        arguments.append("literal" as StaticString)
        try arguments.append { $0.append(contentsOf: [0x7B, 0x7D]) }
        let read = (0..<arguments.count).map { arguments[$0].map { String(decoding: $0, as: UTF8.self) } }
        #expect(read == ["été", nil, "", "-7", "literal", "{}"])
    }

    @Test("refuse a zero byte in text, at which C would cut the value, and stay as they were")
    func zeroByte() throws {
        var arguments = ArgumentBuffer()
        try arguments.append("a")
        #expect(throws: ArgumentBuffer.Fault.zeroByte) { try arguments.append("x\0y") }
        #expect(throws: ArgumentBuffer.Fault.zeroByte) { try arguments.append([120, 0].span) }
        #expect(arguments.count == 1)
        try arguments.append("b")
        #expect(arguments[1] == [98])
    }

    @Test("are forgotten together")
    func removeAll() throws {
        var arguments = ArgumentBuffer()
        try arguments.append("a")
        arguments.append(binary: [0].span)
        arguments.removeAll()
        #expect(arguments.count == 0)
        arguments.append(1)
        let hasFormats = arguments.withPointers { $0.formats != nil }
        #expect(arguments[0] == [49] && !hasFormats)
    }

    @Test("reach libpq as C strings, and binary values with length and format")
    func pointers() throws {
        var arguments = ArgumentBuffer()
        try arguments.append("one")
        arguments.appendNull()
        arguments.append(binary: [1, 0, 2].span)
        arguments.withPointers { pointers in
            #expect(pointers.count == 3)
            #expect(pointers.values?[0].map { String(cString: $0) } == "one")
            #expect(pointers.values?[1] == nil)
            #expect(pointers.values?[2]?[2] == 2)
            #expect(pointers.lengths?[2] == 3)
            #expect(pointers.formats?[0] == 0)
            #expect(pointers.formats?[2] == 1)
        }
    }

    @Test("may be none")
    func none() {
        let isEmpty = ArgumentBuffer().withPointers { $0.count == 0 && $0.values == nil }
        #expect(isEmpty)
    }
}
