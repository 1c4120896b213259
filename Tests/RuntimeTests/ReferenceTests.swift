import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// References between host and guests: functions as arguments, results, globals and elements; types across modules.
@Suite struct ReferenceTests {
    private let engine: Engine
    private let store: Store<Void>
    private let linker: Linker<Void>

    init() throws {
        engine = try Engine()
        store = try Store(engine)
        linker = Linker(engine)
    }

    private func module(_ text: String) throws -> Module {
        let artifact = try Compiler().compile(parseText(Array(text.utf8)))
        return try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
    }

    private func instance(_ text: String) throws -> Instance { try linker.instantiate(try module(text), in: store) }

    private func call(_ instance: Instance, _ name: String, _ arguments: Value...) throws -> [Value] {
        try #require(instance.function(name)).call(arguments)
    }

    private static let unary = FunctionType(parameters: [.i32], results: [.i32])

    private var doubling: HostFunction {
        HostFunction(Self.unary) { (_: borrowing Caller<Void>, arguments: [Value]) throws(HostError) in
            guard case .i32(let number) = arguments[0] else { throw .failure("no number") }
            return [.i32(number &* 2)]
        }
    }

    @Test func `functions are arguments and results`() throws {
        let guest = try instance("""
            (module
              (type $f (func (param i32) (result i32)))
              (func (export "apply") (param (ref $f) i32) (result i32) (call_ref $f (local.get 1) (local.get 0)))
              (func (export "apply-any") (param (ref null $f) i32) (result i32) (call_ref $f (local.get 1) (local.get 0)))
              (func $next (export "next") (type $f) (i32.add (local.get 0) (i32.const 1)))
              (func (export "get") (result (ref $f)) (ref.func $next)))
            """)
        guard case .function(let next?) = try call(guest, "get")[0] else { Issue.record("no function"); return }
        guard case .i32(42) = try next.call([.i32(41)])[0] else { Issue.record("wrong result"); return }
        guard case .i32(8) = try call(guest, "apply", .function(next), .i32(7))[0] else { Issue.record("wrong result"); return }
        let host = Function(doubling, in: store)
        guard case .i32(14) = try call(guest, "apply", .function(host), .i32(7))[0] else { Issue.record("wrong result"); return }

        #expect(throws: CallError.self) { try call(guest, "apply", .function(nil), .i32(7)) }
        let error = try #require(throws: CallError.self) { try call(guest, "apply-any", .function(nil), .i32(7)) }
        guard case .trap(let trap) = error else { Issue.record("\(error)"); return }
        #expect(trap.code == .nullFunctionReference)
        let other = Function(HostFunction(FunctionType(parameters: [], results: [])) { (_: borrowing Caller<Void>, _: [Value]) throws(HostError) in [] }, in: store)
        #expect(throws: CallError.self) { try call(guest, "apply", .function(other), .i32(7)) }
        #expect(throws: CallError.self) { try call(guest, "apply", .extern(nil), .i32(7)) }
        let stranger = Function(doubling, in: try Store(engine))
        #expect(throws: CallError.self) { try call(guest, "apply", .function(stranger), .i32(7)) }
    }

    @Test func `globals and tables take what fits their types`() throws {
        let guest = try instance("""
            (module
              (type $f (func (param i32) (result i32)))
              (global (export "g") (mut (ref null $f)) (ref.null $f))
              (table (export "t") 2 4 (ref null $f))
              (func (export "global") (param i32) (result i32) (call_ref $f (local.get 0) (global.get 0)))
              (func (export "element") (param i32 i32) (result i32) (call_indirect (type $f) (local.get 1) (local.get 0))))
            """)
        let host = Function(doubling, in: store)
        let global = try #require(guest.global("g")), table = try #require(guest.table("t"))
        #expect(global.set(.function(host)))
        #expect(!global.set(.extern(nil)))
        #expect(!global.set(.i32(0)))
        guard case .i32(6) = try call(guest, "global", .i32(3))[0] else { Issue.record("wrong result"); return }
        #expect(global.set(.function(nil)))
        #expect(throws: CallError.self) { try call(guest, "global", .i32(3)) }
        #expect(table.set(1, .function(host)))
        #expect(table.grow(by: 1, .function(host)) == 2)
        for index in [Int32(1), 2] {
            guard case .i32(6) = try call(guest, "element", .i32(index), .i32(3))[0] else { Issue.record("wrong result"); return }
        }
        guard case .function(let element?)? = table[2], case .function(nil)? = table[0] else { Issue.record("wrong elements"); return }
        guard case .i32(10) = try element.call([.i32(5)])[0] else { Issue.record("wrong result"); return }
        #expect(table[3] == nil)
    }

    @Test func `a host function in a table of functions is called as any other`() throws {
        let guest = try instance("""
            (module
              (type $f (func (param i32) (result i32)))
              (type $g (func (param f64)))
              (table (export "t") 3 funcref)
              (func (export "call") (param i32 i32) (result i32) (call_indirect (type $f) (local.get 1) (local.get 0))))
            """)
        let table = try #require(guest.table("t")), host = Function(doubling, in: store)
        #expect(table.set(0, .function(host)))
        guard case .i32(18) = try call(guest, "call", .i32(0), .i32(9))[0] else { Issue.record("wrong result"); return }
        guard case .function(let element?)? = table[0], case .i32(8) = try element.call([.i32(4)])[0] else { Issue.record("wrong element"); return }
        // No module of the store calls functions of this type.
        let other = HostFunction(FunctionType(parameters: [.f64], results: [])) { (_: borrowing Caller<Void>, _: [Value]) throws(HostError) in [] }
        #expect(!table.set(1, .function(Function(other, in: store))))
    }

    /// The host makes a table and a global of a guest's type, for another guest to import.
    @Test func `types that the engine has given numbers serve the host, too`() throws {
        let first = try instance("""
            (module
              (type $f (func (param i32) (result i32)))
              (func (export "next") (type $f) (i32.add (local.get 0) (i32.const 1)))
              (table (export "t") 1 (ref null $f)))
            """)
        let next = try #require(first.function("next")), element = try #require(first.table("t")).type.element
        #expect(throws: InstantiationError.self) {
            try Table(TableType(element: ReferenceType(element.heapType, isNullable: false), limits: Limits(minimum: 3)), in: store)
        }
        let type = ReferenceType(element.heapType, isNullable: false)
        let table = try Table(TableType(element: type, limits: Limits(minimum: 3)), filledWith: .function(next), in: store)
        let global = try #require(Global(.function(next), isMutable: false, as: .reference(type), in: store))
        #expect(Global(.function(nil), isMutable: false, as: .reference(type), in: store) == nil)
        try linker.define("host", "t", .table(table))
        try linker.define("host", "g", .global(global))
        let second = try instance("""
            (module
              (type $other (func))
              (type $f (func (param i32) (result i32)))
              (import "host" "t" (table 3 (ref $f)))
              (import "host" "g" (global (ref null $f)))
              (func (export "sum") (result i32)
                (i32.add (call_indirect (type $f) (i32.const 10) (i32.const 2)) (call_ref $f (i32.const 20) (global.get 0)))))
            """)
        guard case .i32(32) = try call(second, "sum")[0] else { Issue.record("wrong result"); return }
    }

    @Test func `linking respects recursion groups and subtypes`() throws {
        try linker.define("a", try instance("""
            (module
              (rec (type $s (sub (func (result funcref)))) (type $t (sub $s (func (result (ref null $s))))))
              (func (export "s") (type $s) (ref.null func))
              (func (export "t") (type $t) (ref.null $s))
              (global (export "g") (ref null $t) (ref.null nofunc))
              (global (export "m") (mut (ref null $t)) (ref.null nofunc)))
            """))
        let group = "(rec (type $s (sub (func (result funcref)))) (type $t (sub $s (func (result (ref null $s))))))"
        let accepted = [
            #"(import "a" "s" (func (type $s)))"#, #"(import "a" "t" (func (type $t)))"#, #"(import "a" "t" (func (type $s)))"#,
            #"(import "a" "g" (global (ref null $s)))"#, #"(import "a" "g" (global funcref))"#, #"(import "a" "m" (global (mut (ref null $t))))"#,
        ]
        for text in accepted { #expect(throws: Never.self, "\(text)") { try instance("(module \(group) \(text))") } }
        let refused = [
            #"(import "a" "s" (func (type $t)))"#, #"(import "a" "s" (func (result funcref)))"#, #"(import "a" "m" (global (mut (ref null $s))))"#,
            #"(import "a" "g" (global (ref $t)))"#, #"(import "a" "g" (global externref))"#,
        ]
        for text in refused { #expect(throws: InstantiationError.self, "\(text)") { try instance("(module \(group) \(text))") } }
        // The same types in another group are other types.
        let apart = "(rec (type $s (sub (func (result funcref))))) (rec (type $t (sub $s (func (result (ref null $s))))))"
        #expect(throws: InstantiationError.self) { try instance(#"(module \#(apart) (import "a" "s" (func (type $s))))"#) }
    }

    @Test func `numbers and host objects keep what they are`() throws {
        let guest = try instance("""
            (module
              (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
              (func (export "out") (param anyref) (result externref) (extern.convert_any (local.get 0)))
              (func (export "number") (param i32) (result (ref i31)) (ref.i31 (local.get 0)))
              (func (export "add") (param (ref i31) (ref i31)) (result i32) (i32.add (i31.get_s (local.get 0)) (i31.get_s (local.get 1)))))
            """)
        let largest: UInt64 = 1 << 62 - 1
        for handle in [0, 1, largest] {
            guard case .any(let inside?) = try call(guest, "in", .extern(ExternReference(handle: handle)))[0] else { Issue.record("null"); return }
            #expect(inside.handle == handle && inside.i31 == nil)
            guard case .extern(let outside?) = try call(guest, "out", .any(inside))[0] else { Issue.record("null"); return }
            #expect(outside.handle == handle && outside == ExternReference(handle: handle))
        }
        guard case .any(let number?) = try call(guest, "number", .i32(-3))[0] else { Issue.record("null"); return }
        #expect(number.i31 == -3 && number.handle == nil)
        guard case .i32(39) = try call(guest, "add", .any(number), .any(AnyReference(i31: 42)))[0] else { Issue.record("wrong result"); return }
        guard case .extern(let outside?) = try call(guest, "out", .any(number))[0] else { Issue.record("null"); return }
        #expect(outside.handle == nil && AnyReference(outside).i31 == -3)
        #expect(throws: CallError.self) { try call(guest, "add", .any(number), .any(AnyReference(ExternReference(handle: 7)))) }
        #expect(throws: CallError.self) { try call(guest, "add", .any(number), .any(nil)) }
    }

    @Test func `what needs a collector is refused, and what only names its types is not`() throws {
        func refusal(_ text: String) -> String {
            do { _ = try module("(module (type $s (struct (field (mut i32)))) \(text))") } catch { return "\(error)" }
            return ""
        }
        let function = refusal("(func (drop (struct.new_default $s)))")
        #expect(function.contains("struct.new_default: feature not supported yet: gc (at offset 0x") && function.contains("in function 0"))
        #expect(refusal("(global (ref $s) (struct.new $s (i32.const 1)))").contains("struct.new: feature not supported yet: gc"))
        #expect(refusal("(func (param (ref null $s)) (result i32) (struct.get $s 0 (local.get 0)))").contains("struct.get: feature not supported yet: gc"))
        #expect(refusal("(func unreachable struct.new_default $s drop)").isEmpty)
        #expect(refusal("(func (param (ref null $s)) (result i32) (ref.test (ref $s) (local.get 0)))").isEmpty)
        #expect(refusal("(global (ref null $s) (ref.null none)) (table 3 (ref null struct))").isEmpty)
    }

    /// Two engines number types apart; two modules of one engine agree.
    @Test func `equal types have one number in an engine`() throws {
        let text = """
            (module
              (rec (type $a (struct (field (ref null $b)))) (type $b (array (mut i8))) (type $f (func (param (ref null $a)) (result (ref null $b)))))
              (func (export "f") (type $f) (ref.null none)))
            """
        let first = try instance(text), second = try instance("(module (type (func)) " + text.dropFirst(7))
        #expect(first.function("f")?.type == second.function("f")?.type)
        let third = try instance(text.replacingField)
        #expect(first.function("f")?.type != third.function("f")?.type)
    }
}

extension String {
    /// The same module with another field type.
    fileprivate var replacingField: String { split(separator: "i8").joined(separator: "i16") }
}
