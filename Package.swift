// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

let package = Package(
    name: "precast",
    targets: [
        .target(name: "PrecastEntities", path: "Sources/Entities", swiftSettings: settings),
        .target(name: "PrecastRegisterAllocation", dependencies: ["PrecastEntities"], path: "Sources/RegisterAllocation", swiftSettings: settings),
        .target(name: "PrecastMachineCode", dependencies: ["PrecastEntities", "PrecastRegisterAllocation"], path: "Sources/MachineCode", swiftSettings: settings),
        .target(name: "PrecastIR", dependencies: ["PrecastEntities"], path: "Sources/IR", swiftSettings: settings),
        .target(name: "CRuntimeABI", path: "Sources/CRuntimeABI"),
    ],
    swiftLanguageModes: [.v6]
)
