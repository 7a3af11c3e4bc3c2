internal import Glibc

/// A file descriptor with one owner, closed when the owner lets go of it.
struct Descriptor: ~Copyable {
    let rawValue: Int32

    init(owning rawValue: Int32) { self.rawValue = rawValue }
    deinit { close(rawValue) }

    /// Gives the descriptor to an owner that the compiler cannot see, such as another thread.
    consuming func release() -> Int32 {
        let raw = rawValue
        discard self
        return raw
    }
}
