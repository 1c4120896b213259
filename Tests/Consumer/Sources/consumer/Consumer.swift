import PrecastRuntime

/// What a session of the service keeps.
struct Session {
    var calls = 0
}

@main
struct Consumer {
    /// Runs `run` of the artifact that the first argument names; without one it only prints what the host can load.
    static func main() throws {
        let engine = try Engine()
        let store = try Store(engine, data: Session())
        let linker = Linker<Session>(engine)
        try linker.define("env", "scale") { (caller: borrowing Caller<Session>, a: Int32, b: Int64) throws(HostError) -> Int32 in
            guard b != 0 else { throw .failure("scale by zero") }
            caller.data.calls += 1
            return Int32(truncatingIfNeeded: Int64(a) &* b)
        }
        guard CommandLine.arguments.count > 1 else {
            print("ready, with \(store.data.calls) calls")
            return
        }
        let module = try Module(engine, path: CommandLine.arguments[1], trust: .immutableFile)
        let instance = try linker.resolve(module).instantiate(in: store)
        let run = try instance.function("run", as: ((Int32) -> Int64).self)
        print(try run(42), store.data.calls)
    }
}
