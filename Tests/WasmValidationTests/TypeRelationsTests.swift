import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import PrecastWasmValidation
import Testing

@Suite struct TypeRelationsTests {
    func relations(_ types: [[UInt8]]) throws -> TypeRelations {
        var test = TestModule()
        test.types = types
        return try validate(try decodeModule(test.encode())).types
    }

    func message(_ types: [[UInt8]]) -> String {
        var test = TestModule()
        test.types = types
        return verdict(test.encode())?.message ?? "valid"
    }

    func canonical(_ types: [[UInt8]], count: UInt32) throws -> [UInt32] {
        let relations = try relations(types)
        return (0..<count).map { relations.canonicalIndex(TypeIndex(rawValue: $0)).rawValue }
    }

    @Test func equalTypesAreOne() throws {
        #expect(try canonical([functionType([i32], []), functionType([i64], []), functionType([i32], [])], count: 3) == [0, 1, 0])
        // A list of itself, twice, and one that differs in being mutable.
        let lists: [[UInt8]] = [structType([[0x63, 0, 0]]), structType([[0x63, 1, 0]]), structType([[0x63, 2, 1]])]
        #expect(try canonical(lists, count: 3) == [0, 0, 2])
        // References to equal types make equal types; the supertype and being final count, too.
        let chains: [[UInt8]] = [
            structType([]), structType([]), arrayType([0x64, 0, 0]), arrayType([0x64, 1, 0]), open(structType([])), open(structType([]), extending: 4),
        ]
        #expect(try canonical(chains, count: 6) == [0, 0, 2, 2, 4, 5])
    }

    /// Groups are the same as a whole only: places in a group matter, and what else is in it.
    @Test func groups() throws {
        let pair = recursive([structType([[0x63, 1, 0]]), structType([[0x63, 0, 0]])])
        let other = recursive([structType([[0x63, 3, 0]]), structType([[0x63, 2, 0]])])
        let self0 = recursive([structType([[0x63, 4, 0]]), structType([[0x63, 5, 0]])])
        #expect(try canonical([pair, other, self0], count: 6) == [0, 1, 0, 1, 4, 5])
        let alone = structType([[i32, 0]])
        #expect(try canonical([recursive([alone, alone]), alone, recursive([alone])], count: 4) == [0, 1, 2, 2])
        #expect(try canonical([recursive([]), alone, recursive([]), alone], count: 2) == [0, 0])
    }

    @Test func subtyping() throws {
        let types = try relations([
            open(structType([[i32, 0]])), open(structType([[i32, 0], [i64, 1]]), extending: 0), open(structType([[i32, 0]])),
            functionType([], []), arrayType([i32, 0]), open(structType([[i32, 0], [i64, 1], [0x78, 0]]), extending: 1),
        ])
        func matches(_ type: HeapType, _ expected: HeapType) -> Bool { types.matches(type, expected) }
        #expect(matches(.concrete(5), .concrete(0)) && matches(.concrete(1), .concrete(2)) && matches(.concrete(2), .concrete(0)))
        #expect(!matches(.concrete(0), .concrete(1)) && !matches(.concrete(3), .concrete(0)))
        #expect(matches(.concrete(1), .structure) && matches(.concrete(1), .eq) && matches(.concrete(4), .array) && matches(.concrete(4), .any))
        #expect(matches(.concrete(3), .function) && !matches(.concrete(3), .any) && !matches(.concrete(4), .structure))
        #expect(matches(.none, .concrete(1)) && matches(.noFunction, .concrete(3)) && !matches(.none, .concrete(3)) && !matches(.noFunction, .none))
        #expect(matches(.i31, .eq) && matches(.none, .i31) && !matches(.eq, .i31) && !matches(.extern, .any) && matches(.noException, .exception))
        let nullable = ReferenceType(.concrete(0), isNullable: true), nonNull = ReferenceType(.concrete(5), isNullable: false)
        #expect(types.matches(nonNull, nullable) && !types.matches(nullable, ReferenceType(.any, isNullable: false)))
        #expect(types.matches(.reference(nonNull), .reference(nullable)) && !types.matches(.i32, .i64) && types.matches(.bottom, .i64))
    }

    @Test func declaredSubtypesMustMatch() {
        #expect(message([structType([]), open(structType([]), extending: 0)]).contains("sub type 1 extends type 0, which is final"))
        #expect(message([open(structType([])), open(arrayType([i32, 0]), extending: 0)]).contains("sub type 1 does not match"))
        #expect(message([open(structType([[i32, 1]])), open(structType([[i64, 1]]), extending: 0)]).contains("sub type"))
        #expect(message([open(structType([[i32, 0]])), open(structType([[i32, 1]]), extending: 0)]).contains("sub type"))
        #expect(message([open(structType([[i32, 0], [i32, 0]])), open(structType([[i32, 0]]), extending: 0)]).contains("sub type"))
        #expect(message([open(arrayType([0x6E, 0])), open(arrayType([0x6D, 0]), extending: 0)]) == "valid")
        #expect(message([open(arrayType([0x6E, 1])), open(arrayType([0x6D, 1]), extending: 0)]).contains("sub type"))
        // Functions take more and give less.
        #expect(message([open(functionType([0x6D], [0x6D])), open(functionType([0x6E], [0x6C]), extending: 0)]) == "valid")
        #expect(message([open(functionType([0x6E], [])), open(functionType([0x6D], []), extending: 0)]).contains("sub type"))
        #expect(message([open(structType([]), extending: 0)]).contains("unknown type 0"))
        #expect(message([recursive([open(structType([]), extending: 1), open(structType([]))])]).contains("unknown type 1"))
        #expect(message([structType([[0x63, 1, 0]]), structType([])]).contains("unknown type 1"))
        #expect(message([[0x50, 2, 0, 0] + structType([])]).contains("too many supertypes"))
    }

    @Test func depth() {
        let chain = (0..<64).map { open(structType([]), extending: $0 == 0 ? nil : UInt8($0 - 1)) }
        #expect(message(chain) == "valid")
        #expect(message(chain + [open(structType([]), extending: 63)]).contains("sub type too deep"))
    }

    /// Many equal groups, each naming the one before: interning stays linear.
    @Test func manyGroups() throws {
        var types: [[UInt8]] = [structType([])]
        for index in 1..<20_000 { types.append(structType([[0x63] + signed(Int64(index - 1)) + [0]])) }
        types += types
        let relations = try relations(types)
        #expect(relations.canonicalIndex(TypeIndex(rawValue: 19_999)).rawValue == 19_999)
        #expect(relations.canonicalIndex(TypeIndex(rawValue: 20_000)).rawValue == 0)
    }
}
