import PrecastCompiler
import PrecastWastRunner
import Testing

/// With canonical NaNs, arithmetic never lets an operand's payload or sign through; operators on bits still do.
@Suite struct CanonicalNaNTests {
    private static let unary = ["sqrt", "ceil", "floor", "trunc", "nearest"]
    private static let binary = ["add", "sub", "mul", "div", "min", "max"]

    /// A function for each operator, and what it has to give for a NaN with a payload and a sign.
    private func script(_ type: String, _ integer: String, payload: String, canonical: String) -> String {
        var functions = "", assertions = ""
        for name in Self.unary {
            functions += "(func (export \"\(name)\") (param \(integer)) (result \(integer)) (\(integer).reinterpret_\(type) (\(type).\(name) (\(type).reinterpret_\(integer) (local.get 0)))))\n"
            assertions += "(assert_return (invoke \"\(name)\" (\(integer).const \(payload))) (\(integer).const \(canonical)))\n"
        }
        for name in Self.binary {
            let a = "(\(type).reinterpret_\(integer) (local.get 0))", b = "(\(type).reinterpret_\(integer) (local.get 1))"
            functions += "(func (export \"\(name)\") (param \(integer) \(integer)) (result \(integer)) (\(integer).reinterpret_\(type) (\(type).\(name) \(a) \(b))))\n"
            for (x, y) in [(payload, "0"), ("0", payload), (payload, payload)] {
                assertions += "(assert_return (invoke \"\(name)\" (\(integer).const \(x)) (\(integer).const \(y))) (\(integer).const \(canonical)))\n"
            }
        }
        functions += "(func (export \"made\") (result \(integer)) (\(integer).reinterpret_\(type) (\(type).div (\(type).const 0) (\(type).const -0))))\n"
        functions += "(func (export \"neg\") (param \(integer)) (result \(integer)) (\(integer).reinterpret_\(type) (\(type).neg (\(type).reinterpret_\(integer) (local.get 0)))))\n"
        assertions += "(assert_return (invoke \"made\") (\(integer).const \(canonical)))\n"
        return "(module \(functions))\n\(assertions)"
    }

    private static let conversions = """
        (module
          (func (export "demote") (param i64) (result i32) (i32.reinterpret_f32 (f32.demote_f64 (f64.reinterpret_i64 (local.get 0)))))
          (func (export "promote") (param i32) (result i64) (i64.reinterpret_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0)))))
          (func (export "neg") (param i32) (result i32) (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (local.get 0)))))
          (func (export "abs") (param i32) (result i32) (i32.reinterpret_f32 (f32.abs (f32.reinterpret_i32 (local.get 0)))))
          (func (export "copysign") (param i32 i32) (result i32)
            (i32.reinterpret_f32 (f32.copysign (f32.reinterpret_i32 (local.get 0)) (f32.reinterpret_i32 (local.get 1)))))
          (func (export "sum") (param f64) (result f64) (local f64)
            (loop $l
              (local.set 1 (f64.add (local.get 1) (local.get 0)))
              (local.set 0 (f64.sub (local.get 0) (f64.const 1)))
              (br_if $l (f64.gt (local.get 0) (f64.const 0))))
            (local.get 1)))
        (assert_return (invoke "demote" (i64.const 0xfff0000000000001)) (i32.const 0x7fc00000))
        (assert_return (invoke "promote" (i32.const 0xffa00001)) (i64.const 0x7ff8000000000000))
        (assert_return (invoke "neg" (i32.const 0x7fa00001)) (i32.const 0xffa00001))
        (assert_return (invoke "abs" (i32.const 0xffa00001)) (i32.const 0x7fa00001))
        (assert_return (invoke "copysign" (i32.const 0x7fa00001) (i32.const 0x80000000)) (i32.const 0xffa00001))
        (assert_return (invoke "sum" (f64.const 10)) (f64.const 55))
        """

    private func run(_ script: String, _ level: OptimizationLevel, canonical: Bool, cpu: String? = nil) throws -> WastResult {
        var configuration = CompilerConfiguration()
        configuration.optimizationLevel = level
        configuration.canonicalizesNaNs = canonical
        configuration.checksItself = true
        if let cpu { configuration.target = try Target(cpu: cpu) }
        return try runScript(Array(script.utf8), name: "script.wast", compiler: Compiler(configuration), skips: SkipList())
    }

    @Test(arguments: [OptimizationLevel.none, .standard]) func `arithmetic gives the canonical NaN`(_ level: OptimizationLevel) throws {
        for cpu in ["x86-64", "native"] {
            let single = try run(script("f32", "i32", payload: "0xffa00001", canonical: "0x7fc00000"), level, canonical: true, cpu: cpu)
            let double = try run(script("f64", "i64", payload: "0xfff4000000000001", canonical: "0x7ff8000000000000"), level, canonical: true, cpu: cpu)
            let conversions = try run(Self.conversions, level, canonical: true, cpu: cpu)
            #expect(single.failures.isEmpty && double.failures.isEmpty && conversions.failures.isEmpty, "\(single.failures + double.failures + conversions.failures)")
            #expect((single.passed, double.passed, conversions.passed) == (24, 24, 6))
        }
    }

    @Test func `without the setting operands show through`() throws {
        let result = try run(script("f32", "i32", payload: "0xffa00001", canonical: "0x7fc00000"), .standard, canonical: false)
        #expect(result.failed > 10)
    }
}
