import Foundation
import PrecastRuntime

/// What a host pays besides running code: opening an artifact, making instances, calls both ways. Minimum and median of each.
struct LoaderMeasurement: Encodable {
    var artifact_bytes = 0
    /// Warm: the file is in the page cache, and the process has opened it before.
    var open_us: [Double] = []
    /// In a store that is there already, with imports resolved before.
    var instantiate_us: [Double] = []
    /// A new store, an instance in it, and the end of both.
    var cycle_us: [Double] = []
    /// A call of the export `add` from the host.
    var call_ns: [Double]?
    /// A call of the host from the export `loop`, a round of whose loop it is.
    var host_call_ns: [Double]?
    /// The first write to a page of 4 KiB of a memory that the export `touch` has just grown.
    var fault_us: [Double]?
}

struct LoaderBench {
    private static let opens = 200
    private static let instances = 500
    private static let calls: Int32 = 1_000_000
    private static let rounds = 9
    private static let touches = 30
    private static let touchedPages: Int32 = 64

    /// - Parameter linker: has what the module imports.
    static func measure<State>(_ path: String, _ engine: Engine, _ linker: Linker<State>, state: () throws -> State) throws -> LoaderMeasurement {
        var measurement = LoaderMeasurement()
        measurement.open_us = try summary(opens, per: 1e3) { () throws -> Double in
            let start = now()
            let module = try Module(engine, path: path, trust: .immutableFile)
            let end = now()
            withExtendedLifetime(module) {}
            return Double(end - start)
        }
        let module = try Module(engine, path: path, trust: .immutableFile)
        let resolved = try linker.resolve(module)
        var cycles: [Double] = []
        measurement.instantiate_us = try summary(instances, per: 1e3) { () throws -> Double in
            let state = try state()
            let (began, start, end) = try instantiate(resolved, engine, state)
            cycles.append(Double(now() - began) / 1e3)
            return Double(end - start)
        }
        cycles.sort()
        measurement.cycle_us = [cycles[0], cycles[cycles.count / 2]]
        let store = try Store(engine, data: try state())
        let instance = try resolved.instantiate(in: store)
        try measureCalls(instance, &measurement)
        if instance.function("touch") != nil {
            measurement.fault_us = try summary(touches, per: 1e3 * Double(touchedPages) * 16) { try touch(resolved, engine, try state()) }
        }
        return measurement
    }

    /// In an instance of its own, whose memory nothing has touched.
    @inline(never)
    private static func touch<State>(_ resolved: ResolvedModule<State>, _ engine: Engine, _ state: State) throws -> Double {
        let store = try Store(engine, data: state)
        let touch = try resolved.instantiate(in: store).function("touch", as: ((Int32) -> Int32).self)
        let start = now()
        _ = try touch(touchedPages)
        return Double(now() - start)
    }

    /// The store and the instance end with the function.
    @inline(never)
    private static func instantiate<State>(_ resolved: ResolvedModule<State>, _ engine: Engine, _ state: State) throws -> (UInt64, UInt64, UInt64) {
        let began = now()
        let store = try Store(engine, data: state)
        let start = now()
        let instance = try resolved.instantiate(in: store)
        let end = now()
        withExtendedLifetime((store, instance)) {}
        return (began, start, end)
    }

    private static func measureCalls(_ instance: Instance, _ measurement: inout LoaderMeasurement) throws {
        guard instance.function("add") != nil, instance.function("loop") != nil else { return }
        let add = try instance.function("add", as: ((Int32, Int32) -> Int32).self)
        let loop = try instance.function("loop", as: ((Int32) -> Int32).self)
        measurement.call_ns = try summary(rounds, per: Double(calls)) { () throws -> Double in
            let start = now()
            var sum: Int32 = 0
            for i in 0..<calls { sum = try add(sum, i) }
            withExtendedLifetime(sum) {}
            return Double(now() - start)
        }
        measurement.host_call_ns = try summary(rounds, per: Double(calls)) { () throws -> Double in
            let start = now()
            _ = try loop(calls)
            return Double(now() - start)
        }
    }

    /// Minimum and median of `body`'s results, divided by `unit`.
    private static func summary(_ count: Int, per unit: Double, _ body: () throws -> Double) throws -> [Double] {
        var results: [Double] = []
        for _ in 0..<count { results.append(try body() / unit) }
        results.sort()
        return [results[0], results[results.count / 2]]
    }
}
