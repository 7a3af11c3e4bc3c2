extension Span<UInt8> {
    /// Whether these bytes, which are a token, are `literal` in any case.
    ///
    /// Compares words with ``HTTPByte/caseBit`` set. Among tokens that equates letters only, since `^` and `_`, the
    /// other characters it changes, become what no literal holds.
    ///
    /// - Parameter literal: Lower-case letters, digits and `-`; at least four.
    @inline(__always)
    func isToken(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard self.count == count else { return false }
        if count < 8 { return equalsHalfWord(literal, at: 0) && equalsHalfWord(literal, at: count - 4) }
        var offset = 0
        while offset + 8 <= count {
            guard equalsWord(literal, at: offset) else { return false }
            offset += 8
        }
        return equalsWord(literal, at: count - 8)
    }

    @inline(__always)
    private func equalsWord(_ literal: StaticString, at offset: Int) -> Bool {
        let word = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) | 0x2020_2020_2020_2020
        return word == UnsafeRawPointer(literal.utf8Start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    @inline(__always)
    private func equalsHalfWord(_ literal: StaticString, at offset: Int) -> Bool {
        let word = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self) | 0x2020_2020
        return word == UnsafeRawPointer(literal.utf8Start).loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    /// Whether these bytes are `literal`, ASCII letters compared in any case. For bytes of any kind.
    ///
    /// - Parameter literal: ASCII without capitals.
    func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return indices.allSatisfy { HTTPByte.lowercased(self[$0]) == literal.utf8Start[$0] }
    }
}
