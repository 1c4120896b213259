import Foundation
import PrecastArtifactFormat
import PrecastIRInterpreter
import PrecastModuleInterpreter
import PrecastWasmTypes
import Testing

/// Runs translated modules in the IR interpreter, and compares with what the files under testsuite/translate say.
///
/// A line `;; run: name(arguments) = results` or `;; run: name(arguments) trap code` calls an export; numbers are bit patterns. The same must hold
/// for every way of checking. Imported functions add up their arguments, and fail where the sum is 13.
@Suite struct ExecutionTests {
    static let variants: [[Substring]] = [[], ["no-signals"], ["dynamic-memory"], ["no-signals", "no-masks"]]

    @Test(arguments: GoldenTests.files) func execution(_ name: String) throws {
        let text = try String(contentsOf: GoldenTests.directory.appendingPathComponent(name), encoding: .utf8)
        let golden = try GoldenFile(text)
        let runs = text.split(separator: "\n").filter { $0.hasPrefix(";; run: ") }.map { $0.dropFirst(8) }
        for variant in Self.variants {
            let instance = try InterpretedInstance(
                golden.binary, tunables: Tunables(options: variant), features: golden.features, host: Array(repeating: Self.sum, count: 8))
            for run in runs {
                let parsed = try #require(Run(run), "unreadable: \(run)")
                #expect(parsed.outcome(instance) == parsed.expected, "\(run) \(variant)")
            }
        }
    }

    private static func sum(_ instance: InterpretedInstance, _ arguments: [UInt64]) -> [UInt64]? {
        let sum = arguments.reduce(0, &+)
        return sum == 13 ? nil : [sum]
    }

    @Test func largeFunctionGivesTheSameWithLocalsInTheFrame() throws {
        let locals = 40_000
        // Local i becomes local i-1 plus 3, behind joins that the locals all cross.
        let step: [UInt8] = [0x6A, 0x41, 3, 0x6A]
        var chain: [UInt8] = []
        for i in 1..<locals { chain += Code.localGet(i) + Code.localGet(i - 1) + step + Code.localSet(i) }
        let join = Code.localGet(0) + Code.if + Code.end
        let results = try [10, 50_000].map { joins in
            var builder = ModuleBuilder()
            let type = builder.type([ModuleBuilder.i32], [ModuleBuilder.i32])
            let code = Code.repeated(joins, join) + chain + Code.localGet(locals - 1)
            let function = builder.function(type, locals: [(locals - 1, ModuleBuilder.i32)], code)
            builder.export(0, function)
            let instance = try InterpretedInstance(builder.bytes)
            return try instance.call("a", [5])
        }
        let expected = [UInt64(5 + 3 * (locals - 1))]
        #expect(results == [expected, expected])
    }
}

/// One line of a `run:` list.
struct Run {
    enum Outcome: Equatable {
        case results([UInt64])
        case trap(UInt8)
        case failure(String)
    }
    var name: String
    var arguments: [UInt64]
    var expected: Outcome

    init?(_ line: Substring) {
        guard let open = line.firstIndex(of: "("), let close = line.firstIndex(of: ")") else { return nil }
        name = String(line[..<open])
        arguments = Self.numbers(line[line.index(after: open)..<close])
        let rest = line[line.index(after: close)...].drop { $0 == " " }
        if rest.hasPrefix("trap "), let code = UInt8(rest.dropFirst(5)) {
            expected = .trap(code)
        } else if rest.hasPrefix("=") {
            expected = .results(Self.numbers(rest.dropFirst()))
        } else {
            return nil
        }
    }
    private static func numbers(_ text: Substring) -> [UInt64] {
        text.split(whereSeparator: { $0 == "," || $0 == " " }).map { word in
            if word.hasPrefix("0x") { return UInt64(word.dropFirst(2), radix: 16) ?? 0 }
            return UInt64(word) ?? Int64(word).map { UInt64(bitPattern: $0) } ?? 0
        }
    }

    func outcome(_ instance: InterpretedInstance) -> Outcome {
        do throws(MachineError) {
            return .results(try instance.call(name, arguments))
        } catch {
            if case .trap(let code) = error { return .trap(code) }
            return .failure("\(error)")
        }
    }
}
