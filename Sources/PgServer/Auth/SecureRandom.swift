import COpenSSL

/// Unpredictable bytes, for keys and identifiers.
enum SecureRandom {
    /// Largest single draw.
    static let byteCountMax = 4096

    /// - Throws: `.failed` when the operating system gives no entropy.
    static func bytes(count: Int) throws(KeyError) -> [UInt8] {
        precondition(count > 0 && count <= byteCountMax)
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            ERR_clear_error()
            throw .failed
        }
        return bytes
    }
}
