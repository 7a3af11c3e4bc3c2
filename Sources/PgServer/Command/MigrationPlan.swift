/// What a deployment has to do: the files compared with the ledger of those applied before.
struct MigrationPlan: Equatable {
    enum Reason: String, Equatable { case new, changed }

    struct Step: Equatable {
        var file: SQLFile
        var checksum: String
        var reason: Reason
    }

    /// What to apply, in order.
    private(set) var steps: [Step] = []
    /// Applied earlier, but their files are gone.
    private(set) var removed: [String] = []
    /// Sentences that forbid the deployment.
    private(set) var faults: [String] = []

    var isEmpty: Bool { steps.isEmpty && removed.isEmpty && faults.isEmpty }

    /// - Parameters:
    ///   - files: All files and the checksums of their text, in the order in which they would be applied.
    ///   - ledger: The checksum of each file as it was applied, by path.
    init(files: [(file: SQLFile, checksum: String)], ledger: [String: String]) {
        let lastSchema = ledger.keys.filter { $0.hasPrefix("schema/") }.max()
        for (file, checksum) in files {
            switch ledger[file.path] {
            case checksum: continue
            case nil:
                if file.isSchema, let lastSchema, file.path < lastSchema {
                    faults.append(
                        "\(file.path): is new but numbered below \(lastSchema), which is applied; give it a higher number"
                    )
                }
                steps.append(Step(file: file, checksum: checksum, reason: .new))
            case _?:
                if file.isSchema {
                    faults.append(
                        "\(file.path): was edited after it was applied; restore it and put the change into a new file")
                } else {
                    steps.append(Step(file: file, checksum: checksum, reason: .changed))
                }
            }
        }
        let present = Set(files.map(\.file.path))
        removed = ledger.keys.filter { !present.contains($0) }.sorted()
        for path in removed where path.hasPrefix("schema/") {
            faults.append("\(path): was applied, but the file is gone; restore it")
        }
    }
}
