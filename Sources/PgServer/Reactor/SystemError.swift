internal import CLinux

/// A system call that failed: its name and `errno`.
struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    let call: StaticString
    let number: Int32

    static func == (left: SystemError, right: SystemError) -> Bool { left.number == right.number }

    var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        linux_error_text(number, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(call): \(text)"
    }
}
