// swift-tools-version: 6.2
import PackageDescription

// Each stage of a run is a target of its own: plan → build → execute → compare → judge → store → report.
// A target may import Model, Platform and the stages before it, never a later one; Session strings them together.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let rainbow = Target.Dependency.product(name: "Rainbow", package: "Rainbow")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let xml = Target.Dependency.product(name: "XMLCoder", package: "XMLCoder")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "hpy-conform",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "hpy-conform", targets: ["hpy-conform"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .target(name: "CPlatform"),
    .target(name: "Platform", dependencies: ["CPlatform", subprocess, system], swiftSettings: strict),
    .target(name: "Model", dependencies: [crypto], swiftSettings: strict),
    .target(name: "TOMLFile", dependencies: ["Model", toml], swiftSettings: strict),
    .target(
      name: "Worker", dependencies: ["Model"], resources: [.embedInCode("Python")], swiftSettings: strict),
    .target(
      name: "Runtimes", dependencies: ["Model", "Platform", "TOMLFile", "Worker"], swiftSettings: strict),
    .target(name: "Planning", dependencies: ["Model", "Runtimes", "TOMLFile"], swiftSettings: strict),
    .target(
      name: "Building", dependencies: ["Model", "Platform", "Planning"],
      resources: [.embedInCode("Support")], swiftSettings: strict),
    .target(
      name: "Executing", dependencies: ["Model", "Platform", "Worker", subprocess, system], swiftSettings: strict),
    .target(name: "Comparing", dependencies: ["Model"], swiftSettings: strict),
    .target(name: "Judging", dependencies: ["Model", "Comparing"], swiftSettings: strict),
    .target(name: "Storing", dependencies: ["Model", "Platform", grdb], swiftSettings: strict),
    .target(
      name: "Reporting", dependencies: ["Model", "Comparing", "Judging", "Storing", crypto, mustache, rainbow, xml],
      resources: [.embedInCode("Page")], swiftSettings: strict),
    .target(
      name: "Session",
      dependencies: [
        "Model", "Platform", "Runtimes", "Planning", "Building", "Executing", "Comparing", "Judging", "Storing",
      ], swiftSettings: strict),
    .executableTarget(
      name: "hpy-conform",
      dependencies: [
        "Model", "Platform", "Runtimes", "Planning", "Executing", "Worker", "Comparing", "Storing", "Reporting",
        "Session", argumentParser, rainbow,
      ], resources: [.embedInCode("Template")], swiftSettings: strict),

    // Makes the pages that Tests/PageTests looks at: JSON of a report on standard input, HTML on standard output.
    .executableTarget(
      name: "render-page", dependencies: ["Reporting"], path: "Tests/PageTests/Render", swiftSettings: strict),

    .testTarget(name: "ModelTests", dependencies: ["Model"], swiftSettings: strict),
    .testTarget(name: "RuntimesTests", dependencies: ["Runtimes"], swiftSettings: strict),
    .testTarget(name: "PlanningTests", dependencies: ["Planning"], swiftSettings: strict),
    .testTarget(name: "BuildingTests", dependencies: ["Building"], swiftSettings: strict),
    .testTarget(name: "ExecutingTests", dependencies: ["Executing", "Platform", "Worker"], swiftSettings: strict),
    .testTarget(name: "ComparingTests", dependencies: ["Comparing", "Reporting"], swiftSettings: strict),
    .testTarget(name: "JudgingTests", dependencies: ["Judging"], swiftSettings: strict),
    .testTarget(name: "StoringTests", dependencies: ["Storing", grdb], swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "hpy-conform", "Executing", "Planning", "Reporting", "Runtimes", "Session", "Storing", grdb, subprocess,
      ],
      swiftSettings: strict),
  ]
)
