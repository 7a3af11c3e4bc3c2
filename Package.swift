// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "pg-server",
    products: [.executable(name: "pg-server", targets: ["pg-server"])],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CLinux"),
        .target(name: "PgServer", dependencies: ["CLibpq", "COpenSSL", "CLinux"], swiftSettings: strict),
        .executableTarget(name: "pg-server", dependencies: ["PgServer"], swiftSettings: strict),
        .testTarget(name: "PgServerTests", dependencies: ["PgServer"], swiftSettings: strict),
        .testTarget(
            name: "ContractTests", dependencies: ["PgServer", "pg-server"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["PgServer"], swiftSettings: strict),
    ]
)

// The measurements of single steps look inside the library, so they are built by bench/micro/run alone.
if Context.environment["PGSERVER_BENCH"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "pg-bench-micro", dependencies: ["PgServer"], path: "bench/micro", exclude: ["run"],
            swiftSettings: strict))
}
