import PrecastWasmTypes
import Testing

@Suite struct ValueTypeTests {
    @Test func sizes() {
        #expect(MemoryLayout<ValueType>.size == 4)
        #expect(MemoryLayout<ReferenceType>.size == 4)
        #expect(MemoryLayout<HeapType>.size == 4)
    }

    @Test func kinds() {
        #expect(ValueType.i32.kind == .i32)
        #expect(ValueType.funcref.kind == .reference(.function))
        #expect(ValueType.bottom.kind == .bottom)
        #expect(ValueType.i64.isNumber && !ValueType.v128.isNumber && ValueType.v128.isVector)
        #expect(!ValueType.i32.isReference && ValueType.externref.isReference)
        #expect(ValueType.externref.referenceType == .extern)
    }

    @Test func concreteReferencesRoundTrip() throws {
        for index in [0, 1, 0x7F, 1_000_000, HeapType.maximumTypeIndex] {
            for isNullable in [false, true] {
                let type = ValueType.reference(ReferenceType(.concrete(index), isNullable: isNullable))
                let reference = try #require(type.referenceType)
                #expect(reference.heapType.typeIndex == index)
                #expect(reference.isNullable == isNullable)
                #expect(type.isDefaultable == isNullable)
            }
        }
        #expect(ReferenceType.function.heapType.typeIndex == nil)
        #expect(ReferenceType.function.heapType.abstractCode == 0x70)
    }

    @Test func spelling() {
        let types: [ValueType] = [.i32, .v128, .funcref, .externref, .reference(ReferenceType(.concrete(3), isNullable: true))]
        #expect(FunctionType(parameters: types, results: []).description == "[i32 v128 funcref externref (ref null 3)] -> []")
        #expect(ReferenceType(.any, isNullable: false).description == "(ref any)")
        #expect(ReferenceType(.none, isNullable: true).description == "nullref")
        #expect(ReferenceType(.structure, isNullable: true).description == "structref")
    }
}

@Suite struct FeatureTests {
    @Test func namesAreUniqueAndRead() {
        #expect(Set(Feature.allCases.map(\.name)).count == Feature.allCases.count)
        for feature in Feature.allCases { #expect(Feature(name: feature.name) == feature) }
        #expect(Feature(name: "no-such") == nil)
    }

    @Test func changes() throws {
        var set = FeatureSet.wasm2
        try set.change("+gc,-simd,tail-call")
        #expect(set.contains(.gc) && set.contains(.functionReferences) && set.contains(.tailCalls) && !set.contains(.simd))
        try set.change("-reference-types")
        #expect(!set.contains(.gc) && !set.contains(.functionReferences) && set.contains(.bulkMemory))
        try set.change("")
        let error = #expect(throws: UnknownFeature.self) { try set.change("+threads,-smid") }
        #expect(error?.description.hasPrefix("unknown WebAssembly feature 'smid'; known are mutable-globals, ") == true)
    }

    @Test func sets() {
        var set = FeatureSet.default
        #expect(set.contains(.tailCalls) && set.contains(.gc) && set.contains(.threads) && !set.contains(.wideArithmetic))
        set.insert(.wideArithmetic)
        set.remove(.tailCalls)
        #expect(set.contains(.wideArithmetic) && !set.contains(.tailCalls))
        #expect(FeatureSet.all.features == Feature.allCases && !FeatureSet.wasm3.contains(.threads))
        #expect(FeatureSet.wasm1.features == [.mutableGlobals])
        #expect(FeatureSet.implemented == .all)
    }
}
