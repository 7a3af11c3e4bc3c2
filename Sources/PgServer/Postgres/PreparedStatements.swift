/// Which statements one connection has prepared, and under which names.
///
/// A prepared statement outlives a transaction that fails, but one whose Parse was never confirmed may not exist.
/// Until then only the transaction that carries the Parse relies on the name; its neighbours send the text.
struct PreparedStatements {
    enum Use: Equatable {
        /// Prepared: send the name.
        case named([CChar])
        /// Send a Parse for this name first.
        case prepare([CChar])
        /// Send the text.
        case text
    }

    /// Most statements on one connection; each holds a plan in PostgreSQL's memory. Past it the text is sent.
    static let countMaxDefault = 2048

    private struct Entry {
        var name: [CChar]
        var isConfirmed: Bool
    }

    private var entries: [UInt64: Entry] = [:]
    private var namesGiven: UInt64 = 0
    private let countMax: Int

    init(countMax: Int = Self.countMaxDefault) { self.countMax = countMax }

    var count: Int { entries.count }

    mutating func use(_ statement: Statement) -> Use {
        guard statement.isPrepared else { return .text }
        if let entry = entries[statement.serial] {
            return entry.isConfirmed ? .named(entry.name) : .text
        }
        guard entries.count < countMax else { return .text }
        namesGiven += 1  // a name is never given twice, so one that lingers in PostgreSQL is in nobody's way
        let name = Array("s\(namesGiven)".utf8CString)
        entries[statement.serial] = Entry(name: name, isConfirmed: false)
        return .prepare(name)
    }

    /// The Parse succeeded. Ignored if all was forgotten since it was sent.
    mutating func confirm(_ statement: Statement) {
        entries[statement.serial]?.isConfirmed = true
    }

    /// The Parse failed or was skipped.
    mutating func withdraw(_ statement: Statement) {
        guard let entry = entries[statement.serial], !entry.isConfirmed else { return }
        entries[statement.serial] = nil
    }

    mutating func forgetAll() { entries.removeAll() }
}
