// swift-tools-version: 6.2
import PackageDescription

// A service that only runs artifacts. Without the trait `Compiler` it needs neither libelf nor the command line's dependencies;
// tools/check-loader builds it.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "precast", path: "../..", traits: [])],
    targets: [
        .executableTarget(name: "consumer", dependencies: [.product(name: "PrecastRuntime", package: "precast")]),
    ],
    swiftLanguageModes: [.v6]
)
