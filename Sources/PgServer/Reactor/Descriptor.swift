internal import Glibc

/// A file descriptor with one owner, closed when the owner lets go of it.
struct Descriptor: ~Copyable {
    let rawValue: Int32

    init(owning rawValue: Int32) { self.rawValue = rawValue }
    deinit { close(rawValue) }
}
