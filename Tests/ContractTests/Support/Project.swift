/// Where the sources of this very test run are.
enum Project {
    static let root = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/")  // Tests/ContractTests/Support/Project.swift
    }()
}
