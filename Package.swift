// swift-tools-version: 6.2
import PackageDescription

// Each stage is a target of its own: plan → build → execute → compare → judge → store → history → documents → renderers.
// A target may import Model, Platform and the stages before it, never a later one; Session strings a run together.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let rainbow = Target.Dependency.product(name: "Rainbow", package: "Rainbow")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "hpy-conform",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "hpy-conform", targets: ["hpy-conform"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .target(name: "CPlatform"),
    // OpenSSL's SHA-256, from Debian's libssl-dev.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .target(name: "Platform", dependencies: ["CPlatform", subprocess, system], swiftSettings: strict),
    .target(name: "Model", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "TOMLFile", dependencies: ["Model", "Platform"], swiftSettings: strict),
    .target(
      name: "Worker", dependencies: ["Model"], resources: [.embedInCode("Python"), .embedInCode("Alone")],
      swiftSettings: strict),
    .target(
      name: "Runtimes", dependencies: ["Model", "Platform", "TOMLFile", "Worker"], swiftSettings: strict),
    .target(name: "Packages", dependencies: ["Model", "Platform", "Runtimes", "Worker"], swiftSettings: strict),
    .target(
      name: "Planning", dependencies: ["Model", "Packages", "Platform", "Runtimes", "TOMLFile", "Worker"],
      resources: [.embedInCode("Common")], swiftSettings: strict),
    .target(
      name: "Exploring", dependencies: ["Model", "Planning", "TOMLFile", "Worker"], resources: [.embedInCode("Case")],
      swiftSettings: strict),
    .target(
      name: "Building", dependencies: ["Model", "Packages", "Platform", "Planning", "Runtimes", "Worker"],
      resources: [.embedInCode("Support")], swiftSettings: strict),
    .target(
      name: "Executing", dependencies: ["Model", "Platform", "Worker", subprocess, system], swiftSettings: strict),
    .target(name: "Comparing", dependencies: ["Model"], swiftSettings: strict),
    .target(name: "Judging", dependencies: ["Model", "Comparing"], swiftSettings: strict),
    .target(name: "Storing", dependencies: ["Model", "Platform", grdb], swiftSettings: strict),
    .target(
      name: "History", dependencies: ["Model", "Comparing", "Judging", "Packages", "Planning", "Storing"],
      swiftSettings: strict),
    .target(
      name: "Documents",
      dependencies: ["Model", "Comparing", "Exploring", "History", "Judging", "Planning", "Storing"],
      swiftSettings: strict),
    .target(
      name: "Rendering", dependencies: ["Model", "Comparing", "Documents", mustache, rainbow],
      resources: [.embedInCode("Page/Templates"), .embedInCode("JUnit/junit.mustache")], swiftSettings: strict),
    .target(
      name: "Session",
      dependencies: [
        "Model", "Packages", "Platform", "Runtimes", "Planning", "Building", "Executing", "Exploring", "Comparing",
        "Judging", "Storing", "TOMLFile", "Worker",
      ], swiftSettings: strict),
    .target(
      name: "SelfTest",
      dependencies: [
        "Documents", "Executing", "Model", "Planning", "Platform", "Runtimes", "Session", "Storing", "Worker",
      ], resources: [.embedInCode("Miniature")], swiftSettings: strict),
    .executableTarget(
      name: "hpy-conform",
      dependencies: [
        "Building", "Exploring", "Model", "Platform", "Runtimes", "Planning", "Executing", "Worker", "Comparing",
        "History",
        "Documents", "Packages", "Rendering", "SelfTest", "Session", "Storing", "TOMLFile", argumentParser, rainbow,
      ], resources: [.embedInCode("Template")], swiftSettings: strict),

    // Makes the pages that Tests/PageTests looks at: JSON of a report on standard input, HTML on standard output.
    .executableTarget(
      name: "render-page", dependencies: ["Documents", "Rendering"], path: "Tests/PageTests/Render",
      swiftSettings: strict),

    // Small values that tests are made of.
    .target(
      name: "TestBuilders", dependencies: ["Model", "Planning", "Comparing", "Judging"], path: "Tests/Builders",
      swiftSettings: strict),
    .testTarget(name: "ModelTests", dependencies: ["Model", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "RuntimesTests", dependencies: ["Model", "Platform", "Runtimes", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "ExploringTests", dependencies: ["Exploring", "Model", "TestBuilders"], swiftSettings: strict),
    .testTarget(name: "PackagesTests", dependencies: ["Packages"], swiftSettings: strict),
    .testTarget(name: "PlanningTests", dependencies: ["Model", "Planning", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "BuildingTests",
      dependencies: ["Building", "Model", "Planning", "Platform", "Runtimes", "TestBuilders", "Worker"],
      swiftSettings: strict),
    .testTarget(
      name: "ExecutingTests", dependencies: ["Executing", "Model", "Platform", "TestBuilders", "Worker"],
      swiftSettings: strict),
    .testTarget(name: "ComparingTests", dependencies: ["Comparing", "Model", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "JudgingTests", dependencies: ["Comparing", "Judging", "Model", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "StoringTests", dependencies: ["Model", "Storing", "TestBuilders", grdb],
      exclude: ["schema-1.sql", "schema-2.sql", "schema-3.sql"],
      swiftSettings: strict),
    .testTarget(
      name: "HistoryTests", dependencies: ["History", "Model", "Storing", "TestBuilders"], swiftSettings: strict),
    .testTarget(
      name: "RenderingTests",
      dependencies: ["Comparing", "Documents", "Judging", "Model", "Rendering", "TestBuilders", rainbow],
      exclude: ["Snapshots"], swiftSettings: strict),
    .testTarget(
      name: "GeneratedInputs",
      dependencies: [
        "Building", "Executing", "Model", "Planning", "Platform", "Runtimes", "Storing", "TestBuilders", "TOMLFile",
      ],
      path: "Tests/GeneratedInputs", swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "hpy-conform", "Documents", "Executing", "Model", "Planning", "Platform", "Rendering", "Runtimes", "Session",
        "Storing", "TestBuilders", grdb, subprocess,
      ],
      swiftSettings: strict),
  ]
)
