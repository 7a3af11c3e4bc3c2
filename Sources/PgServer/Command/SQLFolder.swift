@preconcurrency import Glibc

/// The files of a deployment, in the order in which they are applied.
struct SQLFolder {
    let files: [SQLFile]

    /// One file may be this long, in bytes; a longer one is data, not a definition.
    static let fileByteCountMax = 4 * 1024 * 1024
    /// How deep folders may nest below schema, functions and views.
    static let depthMax = 8
    /// Names the folders of functions in the order of their layers, one a line; those it does not name come after.
    static let orderFileName = "order.txt"

    /// Reads `schema`, `functions` and `views` below a folder.
    init(reading folder: String) throws(CommandError) {
        var files: [SQLFile] = []
        for part in ["schema", "functions", "views"] {
            for path in try Self.paths(below: part, of: folder, depth: 0) {
                files.append(try SQLFile(path: path, text: try Self.read("\(folder)/\(path)", name: path)))
            }
        }
        let orderFile = "\(folder)/functions/\(Self.orderFileName)"
        let order =
            access(orderFile, F_OK) == 0 ? try Self.read(orderFile, name: "functions/\(Self.orderFileName)") : ""
        try self.init(files, layers: order.split(separator: "\n").map { trimmingBlanks($0) })
    }

    /// - Parameter layers: Folders below `functions`, in the order in which one may build on another.
    init(_ files: [SQLFile], layers: [String]) throws(CommandError) {
        guard !files.isEmpty else { throw .failed("there is no file below schema, functions or views to deploy") }
        let sorted = files.map { (rank: Self.rank($0.path, layers: layers), file: $0) }
            .sorted { ($0.rank, $0.file.path) < ($1.rank, $1.file.path) }
            .map(\.file)
        self.files = try Self.withPrerequisitesFirst(sorted)
    }

    private static func rank(_ path: String, layers: [String]) -> Int {
        if path.hasPrefix("schema/") { return 0 }
        if path.hasPrefix("views/") { return layers.count + 2 }
        let folder = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        return 1 + (layers.firstIndex(of: folder) ?? layers.count)
    }

    /// Keeps the order but for files that others name in `-- Requires:`, which move up as far as they must.
    private static func withPrerequisitesFirst(_ files: [SQLFile]) throws(CommandError) -> [SQLFile] {
        var byPath: [String: SQLFile] = [:]
        for file in files { byPath[file.path] = file }
        var ordered: [SQLFile] = []
        var done: Set<String> = []
        var open: [String] = []

        func visit(_ file: SQLFile) throws(CommandError) {
            guard !done.contains(file.path) else { return }
            guard !open.contains(file.path) else {
                throw .failed("files require each other in a circle: \((open + [file.path]).joined(separator: " → "))")
            }
            open.append(file.path)
            for name in file.requires {
                guard let prerequisite = byPath[name] else {
                    throw .failed("\(file.path): requires \(name), which does not exist")
                }
                try visit(prerequisite)
            }
            open.removeLast()
            done.insert(file.path)
            ordered.append(file)
        }
        for file in files { try visit(file) }
        return ordered
    }

    private static func paths(below part: String, of folder: String, depth: Int) throws(CommandError) -> [String] {
        guard depth <= depthMax else { throw .failed("\(part): folders nest deeper than \(depthMax)") }
        guard let directory = opendir("\(folder)/\(part)") else {
            if errno == ENOENT, depth == 0 { return [] }
            throw .failed("\(folder)/\(part): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var status = stat()
            guard stat("\(folder)/\(part)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                paths += try self.paths(below: "\(part)/\(name)", of: folder, depth: depth + 1)
            } else if name.hasSuffix(".sql") {
                paths.append("\(part)/\(name)")
            }
        }
        return paths
    }

    private static func read(_ path: String, name: String) throws(CommandError) -> String {
        guard let file = fopen(path, "r") else { throw .failed("\(name): \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: fileByteCountMax + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw .failed("\(name): cannot be read") }
        guard count <= fileByteCountMax else { throw .failed("\(name): is longer than \(fileByteCountMax) bytes") }
        guard let text = String(validating: bytes[..<count], as: UTF8.self), !bytes[..<count].contains(0) else {
            throw .failed("\(name): is not UTF-8 text")
        }
        return text
    }
}
