@preconcurrency import Glibc
import Synchronization

/// Children of the test run: each is started with exactly the environment given, and ended by its number.
enum Subprocess {
    struct Output {
        var status: Int32
        /// Standard output and standard error together.
        var text: String
    }

    /// The server's executable, which the build puts beside the tests.
    static let server = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = path.split(separator: "/").dropLast().joined(separator: "/")
        let candidates = ["/\(beside)/pg-server", Project.root + "/.build/debug/pg-server"]
        return candidates.first { access($0, X_OK) == 0 } ?? candidates[1]
    }()

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Output {
        let log = "\(try TestCluster.stateDirectory())/run-\(getpid())-\(nextNumber()).log"
        let child = try start(program, arguments, environment: environment, log: log)
        defer { unlink(log) }
        return Output(status: wait(for: child), text: read(log))
    }

    /// Starts a program whose output goes to a file; standard output to another one if there is one.
    static func start(
        _ program: String, _ arguments: [String], environment: [String: String], log: String, output: String? = nil
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let output { posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600) }

        let inherited: [String] = ["PATH", "HOME", "LANG"].compactMap { (name: String) in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        let wordTexts: [String] = [program] + arguments
        let variableTexts: [String] = inherited + environment.map { "\($0)=\($1)" }
        let words: [UnsafeMutablePointer<CChar>?] = wordTexts.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = variableTexts.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }

        var child = pid_t()
        let status = posix_spawnp(&child, program, &actions, nil, words, variables)
        guard status == 0 else { throw TestFailure("\(program): \(String(cString: strerror(status)))") }
        return child
    }

    /// Waits for a child's end.
    ///
    /// - Returns: its exit status, or 128 and the signal's number.
    static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return decoded(status)
    }

    /// The exit status of a child that has ended; `nil` while it runs.
    static func statusIfEnded(_ child: pid_t) -> Int32? {
        var status: Int32 = 0
        return waitpid(child, &status, WNOHANG) == child ? decoded(status) : nil
    }

    static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += chunk[..<count]
        }
    }

    static func nextNumber() -> Int {
        number.withLock {
            $0 += 1; return $0
        }
    }

    private static let number = Mutex(0)

    private static func decoded(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
