internal import Glibc

/// A file that holds one secret, as container platforms hand them over: the variable `NAME_FILE` names it.
struct SecretFile {
    /// The secret, without the line break that an editor leaves behind it.
    let text: String
    /// Whether every user of the machine may read it.
    let isReadableByAll: Bool

    /// Larger files hold something else.
    static let byteCountMax = 64 * 1024
    /// What the name of a secret's variable ends with when it names a file.
    static let suffix = "_FILE"

    /// - Throws: what is wrong with the file, to complete a sentence that names the variable.
    init(path: String) throws(Fault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Fault(text: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Fault(text: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Fault(text: "it is no ordinary file") }
        // Whoever may write it decides whom the server talks to.
        guard status.st_mode & S_IWOTH == 0 else { throw Fault(text: "every user may write it; chmod o-w it") }
        guard status.st_size <= Self.byteCountMax else {
            throw Fault(text: "it has more than \(Self.byteCountMax) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Self.byteCountMax)
        var count = 0
        while count < bytes.count {
            let taken = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw Fault(text: String(cString: strerror(errno))) }
            if taken == 0 { break }
            count += taken
        }
        var content = bytes[..<count]
        if content.last == UInt8(ascii: "\n") { content.removeLast() }
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        guard let text = String(validating: content, as: UTF8.self), !text.utf8.contains(0) else {
            throw Fault(text: "it holds no text in UTF-8")
        }
        self.text = text
        isReadableByAll = status.st_mode & S_IROTH != 0
    }

    struct Fault: Error, Equatable {
        let text: String
    }
}
