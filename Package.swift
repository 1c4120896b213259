// swift-tools-version: 6.2
import PackageDescription

// The layering of docs/architecture.md: a module imports only what its row here names (tools/check-layering).

let settings: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

/// A library module in Sources/<folder>, called Precast<folder>.
func module(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: "Precast\(folder)", dependencies: dependencies, path: "Sources/\(folder)", swiftSettings: settings)
}

/// The tests of a module, in Tests/<folder>Tests.
func tests(_ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(folder)Tests", dependencies: dependencies, path: "Tests/\(folder)Tests", swiftSettings: settings)
}

let compilerOnly = TargetDependencyCondition.when(traits: ["Compiler"])

let package = Package(
    name: "precast",
    products: [
        .library(name: "PrecastCompiler", targets: ["PrecastCompiler"]),
        .library(name: "PrecastRuntime", targets: ["PrecastRuntime"]),
        .library(name: "PrecastWASI", targets: ["PrecastWASI"]),
        .library(name: "PrecastProfiling", targets: ["PrecastProfiling"]),
    ],
    traits: [
        .trait(name: "Compiler", description: "The compiler and its command line; without it the package is the loader alone."),
        .default(enabledTraits: ["Compiler"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Foundations
        module("Entities"),
        module("WasmTypes"),

        // Front end
        module("WasmModel", ["PrecastEntities", "PrecastWasmTypes"]),
        module("WasmBinary", ["PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel"]),
        module("WasmValidation", ["PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary"]),
        module("WasmText", ["PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary"]),

        // Middle
        module("IR", ["PrecastEntities"]),
        module("IRInterpreter", ["PrecastEntities", "PrecastIR"]),
        module("Translation", [
            "PrecastEntities", "PrecastIR", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation",
            "PrecastArtifactFormat", "CRuntimeABI",
        ]),
        module("Optimizer", ["PrecastEntities", "PrecastIR"]),

        // Back end
        module("RegisterAllocation", ["PrecastEntities"]),
        module("MachineCode", ["PrecastEntities", "PrecastIR", "PrecastRegisterAllocation"]),
        .target(name: "CHostCPU", path: "Sources/CHostCPU"),
        module("ISAX86_64", ["PrecastEntities", "PrecastIR", "PrecastMachineCode", "PrecastRegisterAllocation", "CHostCPU"]),
        module("ISAAArch64", ["PrecastEntities", "PrecastIR", "PrecastMachineCode", "PrecastRegisterAllocation"]),
        module("CodeGeneration", ["PrecastEntities", "PrecastIR", "PrecastMachineCode", "PrecastRegisterAllocation", "PrecastISAX86_64", "PrecastISAAArch64"]),

        // Artifacts
        .target(name: "CRuntimeABI", path: "Sources/CRuntimeABI"),
        module("ArtifactFormat"),
        .systemLibrary(name: "CElf", path: "Sources/CElf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
        .systemLibrary(name: "CCapstone", path: "Sources/CCapstone", pkgConfig: "capstone", providers: [.apt(["libcapstone-dev"])]),
        module("ObjectEmission", [
            "PrecastEntities", "PrecastMachineCode", "PrecastArtifactFormat", "CHostCPU", .target(name: "CElf", condition: compilerOnly),
        ]),
        module("DebugInformation", ["PrecastEntities", "PrecastWasmModel", "PrecastMachineCode", "PrecastArtifactFormat", "PrecastObjectEmission"]),
        module("Inspection", ["PrecastArtifactFormat", "PrecastWasmTypes"]),
        module("Disassembly", ["PrecastArtifactFormat", "PrecastInspection", .target(name: "CCapstone", condition: compilerOnly)]),
        module("UnwindAnalysis", ["PrecastEntities", "PrecastArtifactFormat", .target(name: "CCapstone", condition: compilerOnly)]),
        module("Compiler", [
            "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation", "PrecastIR",
            "PrecastTranslation", "PrecastOptimizer", "PrecastRegisterAllocation", "PrecastMachineCode", "PrecastISAX86_64",
            "PrecastISAAArch64", "PrecastCodeGeneration", "PrecastObjectEmission", "PrecastArtifactFormat", "CHostCPU",
            "PrecastDebugInformation",
        ]),
        module("CoreDump", [
            "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastMachineCode", "PrecastArtifactFormat", "PrecastDebugInformation",
            "PrecastUnwindAnalysis",
        ]),
        module("Exploration", ["PrecastArtifactFormat", "PrecastCompiler", "PrecastDisassembly", "PrecastInspection", "PrecastWasmText"]),

        // Fuzzing
        module("ModuleInterpreter", [
            "CRuntimeABI", "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation", "PrecastIR",
            "PrecastIRInterpreter", "PrecastTranslation", "PrecastArtifactFormat", "PrecastCompiler",
        ]),
        module("Fuzzing", [
            "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation", "PrecastWasmText", "PrecastIR",
            "PrecastIRInterpreter", "PrecastOptimizer", "PrecastRegisterAllocation", "PrecastMachineCode", "PrecastObjectEmission",
            "PrecastModuleInterpreter", "PrecastArtifactFormat", "PrecastCompiler", "PrecastRuntime", "PrecastScriptHost", "PrecastWastRunner", "CLoaderSupport", "PrecastCoreDump",
        ]),

        // Loader
        .target(name: "CLoaderSupport", dependencies: ["CRuntimeABI"], path: "Sources/CLoaderSupport", linkerSettings: [.linkedLibrary("m")]),
        module("Runtime", ["PrecastWasmTypes", "PrecastArtifactFormat", "CRuntimeABI", "CLoaderSupport"]),

        .target(name: "CWASISupport", path: "Sources/CWASISupport"),
        module("WASI", ["PrecastRuntime", "PrecastWasmTypes", "PrecastArtifactFormat", "CRuntimeABI", "CWASISupport"]),

        module("GuestRunner", ["PrecastRuntime", "PrecastWASI", "PrecastWasmTypes", "PrecastArtifactFormat", "CLoaderSupport"]),

        // Names and places in the source
        .target(name: "CDemangling", path: "Sources/CDemangling", linkerSettings: [.linkedLibrary("stdc++")]),
        module("Demangling", ["CDemangling"]),
        module("Symbolication", ["PrecastEntities", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmText", "PrecastArtifactFormat", "PrecastDebugInformation", "PrecastDemangling"]),

        // Profiles of guests
        .target(name: "CProfiler", dependencies: ["CLoaderSupport", "CRuntimeABI"], path: "Sources/CProfiler"),
        module("Profiling", ["CProfiler", "PrecastRuntime", "PrecastArtifactFormat"]),

        // Scripts of the test suite
        .target(name: "CScriptSupport", path: "Sources/CScriptSupport"),
        module("ScriptHost", ["PrecastRuntime", "PrecastWasmTypes", "PrecastArtifactFormat", "CLoaderSupport", "CScriptSupport"]),
        module("WastRunner", [
            "PrecastWasmText", "PrecastWasmModel", "PrecastWasmTypes", "PrecastWasmValidation", "PrecastWasmBinary", "PrecastArtifactFormat",
            "PrecastCompiler", "PrecastScriptHost", "CLoaderSupport", "CScriptSupport",
        ]),

        // Commands
        .executableTarget(
            name: "precast-fuzz",
            dependencies: [
                .target(name: "PrecastFuzzing", condition: compilerOnly), .target(name: "PrecastWastRunner", condition: compilerOnly), "PrecastWasmTypes",
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: compilerOnly),
            ],
            path: "Sources/precast-fuzz", swiftSettings: settings),
        .executableTarget(
            name: "precast-bench",
            dependencies: [
                .target(name: "PrecastCompiler", condition: compilerOnly), "PrecastRuntime", "PrecastWASI", "PrecastWasmTypes",
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: compilerOnly),
            ],
            path: "Sources/precast-bench", swiftSettings: settings),
        .executableTarget(
            name: "precast-run", dependencies: ["PrecastGuestRunner", "PrecastRuntime", "PrecastArtifactFormat", "CLoaderSupport"],
            path: "Sources/precast-run", swiftSettings: settings),
        .executableTarget(
            name: "precast-script-host", dependencies: ["PrecastScriptHost", "PrecastRuntime", "CLoaderSupport"],
            path: "Sources/precast-script-host", swiftSettings: settings),
        .target(name: "CAllocation", path: "Sources/CAllocation"),
        .executableTarget(
            name: "precast",
            dependencies: [
                "CAllocation",
                .target(name: "PrecastCompiler", condition: compilerOnly), .target(name: "PrecastWastRunner", condition: compilerOnly),
                .target(name: "PrecastWasmText", condition: compilerOnly), .target(name: "PrecastDisassembly", condition: compilerOnly),
                .target(name: "PrecastUnwindAnalysis", condition: compilerOnly), .target(name: "PrecastExploration", condition: compilerOnly),
                .target(name: "PrecastCoreDump", condition: compilerOnly),
                "PrecastInspection", "PrecastGuestRunner", "PrecastRuntime", "PrecastArtifactFormat",
                "PrecastProfiling",
                .target(name: "PrecastSymbolication", condition: compilerOnly), .target(name: "PrecastDemangling", condition: compilerOnly),
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: compilerOnly),
            ],
            path: "Sources/precast", swiftSettings: settings),

        // Tests
        .target(name: "PrecastWasmTestSupport", path: "Tests/WasmTestSupport", swiftSettings: settings),
        .target(name: "PrecastIRTestSupport", dependencies: ["PrecastEntities", "PrecastIR"], path: "Tests/IRTestSupport", swiftSettings: settings),
        .target(name: "PrecastCodeTestSupport", dependencies: ["PrecastIR", "PrecastMachineCode"], path: "Tests/CodeTestSupport", swiftSettings: settings),
        tests("Entities", ["PrecastEntities"]),
        tests("WasmTypes", ["PrecastWasmTypes"]),
        tests("WasmModel", ["PrecastWasmModel", "PrecastWasmTypes"]),
        tests("WasmBinary", ["PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmTestSupport"]),
        tests("WasmValidation", [
            "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation", "PrecastWasmTestSupport",
        ]),
        tests("WasmText", ["PrecastWasmText", "PrecastWasmTestSupport"]),
        tests("WastRunner", ["PrecastWastRunner", "PrecastCompiler", "PrecastWasmTestSupport"]),
        tests("ScriptHost", ["PrecastScriptHost", "PrecastCompiler", "PrecastRuntime", "PrecastWasmText", "PrecastWasmTypes"]),
        tests("IR", ["PrecastEntities", "PrecastIR", "PrecastIRTestSupport"]),
        tests("IRInterpreter", ["PrecastEntities", "PrecastIR", "PrecastIRInterpreter"]),
        tests("Optimizer", [
            "PrecastEntities", "PrecastIR", "PrecastIRInterpreter", "PrecastIRTestSupport", "PrecastOptimizer", "PrecastCompiler", "PrecastWasmText",
        ]),
        tests("Translation", [
            "CRuntimeABI", "PrecastEntities", "PrecastWasmTypes", "PrecastWasmModel", "PrecastWasmBinary", "PrecastWasmValidation", "PrecastIR",
            "PrecastIRInterpreter", "PrecastTranslation", "PrecastArtifactFormat", "PrecastCompiler", "PrecastModuleInterpreter",
        ]),
        tests("Fuzzing", ["PrecastFuzzing", "PrecastCompiler", "PrecastWasmTypes", "PrecastWastRunner"]),
        tests("RegisterAllocation", ["PrecastEntities", "PrecastRegisterAllocation"]),
        tests("MachineCode", ["PrecastEntities", "PrecastMachineCode", "PrecastRegisterAllocation"]),
        tests("ISAX86_64", ["PrecastCodeTestSupport", "PrecastEntities", "PrecastIR", "PrecastIRInterpreter", "PrecastIRTestSupport", "PrecastISAX86_64", "PrecastMachineCode", "PrecastRegisterAllocation"]),
        tests("ISAAArch64", ["PrecastCodeTestSupport", "PrecastEntities", "PrecastIR", "PrecastIRInterpreter", "PrecastIRTestSupport", "PrecastISAAArch64", "PrecastMachineCode", "PrecastRegisterAllocation"]),
        tests("ArtifactFormat", ["CRuntimeABI", "PrecastArtifactFormat", "PrecastWasmTypes"]),
        tests("ObjectEmission", ["PrecastArtifactFormat", "PrecastMachineCode", "PrecastObjectEmission", "PrecastWasmTypes"]),
        tests("DebugInformation", ["PrecastArtifactFormat", "PrecastDebugInformation", "PrecastMachineCode", "PrecastObjectEmission"]),
        tests("Inspection", ["PrecastArtifactFormat", "PrecastInspection"]),
        tests("Disassembly", ["PrecastArtifactFormat", "PrecastCompiler", "PrecastDisassembly", "PrecastWasmText"]),
        tests("UnwindAnalysis", ["PrecastArtifactFormat", "PrecastCompiler", "PrecastUnwindAnalysis", "PrecastWasmTestSupport", "PrecastWasmText"]),
        tests("CoreDump", [
            "PrecastArtifactFormat", "PrecastCompiler", "PrecastCoreDump", "PrecastRuntime", "PrecastWasmBinary", "PrecastWasmText", "PrecastWasmTypes", "PrecastWasmValidation",
        ]),
        tests("Exploration", ["PrecastCompiler", "PrecastExploration", "PrecastWasmText"]),
        tests("Runtime", ["CLoaderSupport", "PrecastArtifactFormat", "PrecastCompiler", "PrecastRuntime", "PrecastWasmText", "PrecastWasmTypes"]),
        tests("Compiler", [
            "PrecastArtifactFormat", "PrecastCompiler", "PrecastISAAArch64", "PrecastISAX86_64", "PrecastRuntime", "PrecastWasmTestSupport",
            "PrecastWasmText", "PrecastWasmTypes",
        ]),
        tests("Command", ["PrecastArtifactFormat", "PrecastInspection", "PrecastWasmTestSupport"]),
        tests("Demangling", ["PrecastDemangling"]),
        tests("Symbolication", ["PrecastArtifactFormat", "PrecastCompiler", "PrecastSymbolication", "PrecastWasmText"]),
        tests("Profiling", ["CLoaderSupport", "CProfiler", "PrecastArtifactFormat", "PrecastCompiler", "PrecastProfiling", "PrecastRuntime", "PrecastWasmText", "PrecastWasmTypes"]),
        tests("WASI", ["CRuntimeABI", "CWASISupport", "PrecastRuntime", "PrecastWASI", "PrecastWasmTypes", "PrecastCompiler"]),
    ],
    swiftLanguageModes: [.v6]
)
