import ArgumentParser

/// The toolchain command.
@main struct Precast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast",
        abstract: "Compiles WebAssembly ahead of time to native artifacts.",
        discussion: """
            A build step compiles a module once; a small loader runs it on hosts that have no compiler.

              precast compile app.wasm                 writes app.pwasm
              precast-run app.pwasm arg1 arg2          runs it
              precast run app.wasm arg1 arg2           compiles in memory and runs
              precast inspect app.pwasm                says what is in it
              precast check app.pwasm --cpu x86-64-v3  says whether it will load there
            """,
        version: "precast \(versionText)",
        subcommands: [Compile.self, Validate.self])
}

let versionText = "0.1.0"
