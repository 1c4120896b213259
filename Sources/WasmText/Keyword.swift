import PrecastWasmModel

/// The words of the grammar that the parser asks for by name; of operators only `else`, which can also open a parenthesis.
enum Keyword: String, CaseIterable {
    // Structure of a module
    case module, type, rec, sub, final, `func`, `struct`, array, field, mut, param, result, local, `import`, export
    case table, memory, global, tag, elem, data, item, offset, declare, start, shared, pagesize
    // Types
    case i8, i16, i32, i64, f32, f64, v128, ref, null
    case any, eq, i31, none, nofunc, extern, noextern, exn, noexn
    case anyref, eqref, i31ref, structref, arrayref, nullref, funcref, nullfuncref, externref, nullexternref, exnref, nullexnref
    // Parts of instructions
    case then, `else`
    case `catch`
    case catchRef = "catch_ref"
    case catchAll = "catch_all"
    case catchAllRef = "catch_all_ref"
    case i8x16, i16x8, i32x4, i64x2, f32x4, f64x2
    // Scripts
    case binary, quote, definition, instance, register, invoke, get, either, thread, wait
    case assertReturn = "assert_return"
    case assertTrap = "assert_trap"
    case assertExhaustion = "assert_exhaustion"
    case assertException = "assert_exception"
    case assertSuspension = "assert_suspension"
    case assertInvalid = "assert_invalid"
    case assertMalformed = "assert_malformed"
    case assertInvalidCustom = "assert_invalid_custom"
    case assertMalformedCustom = "assert_malformed_custom"
    case assertUnlinkable = "assert_unlinkable"
    case canonicalNaN = "nan:canonical"
    case arithmeticNaN = "nan:arithmetic"
    case refHost = "ref.host"
    case refExtern = "ref.extern"
    case refStruct = "ref.struct"
    case refArray = "ref.array"
    case refAny = "ref.any"
    // Annotations
    case custom, name
    case branchHint = "metadata.code.branch_hint"
}

/// The words with a meaning, interned in a fixed order: keywords first, then operators.
enum Vocabulary {
    static let keywords = Keyword.allCases

    /// The operators by symbol; where two share a spelling, the first.
    static let operators: [Opcode?] = {
        var table: [Opcode?] = []
        for opcode in Opcode.allCases {
            guard let symbol = SymbolTable.keywords.find(Array(opcode.mnemonic.utf8)[...]) else { continue }
            while table.count <= Int(symbol) { table.append(nil) }
            if table[Int(symbol)] == nil { table[Int(symbol)] = opcode }
        }
        return table
    }()

    /// The keyword of a symbol, or nil.
    static func keyword(_ symbol: UInt32) -> Keyword? { symbol < UInt32(keywords.count) ? keywords[Int(symbol)] : nil }

    /// The operator of a symbol, or nil.
    static func opcode(_ symbol: UInt32) -> Opcode? { symbol < UInt32(operators.count) ? operators[Int(symbol)] : nil }
}

extension SymbolTable {
    /// The vocabulary; every text starts with a copy.
    static let keywords: SymbolTable = {
        var table = SymbolTable()
        for keyword in Keyword.allCases { _ = table.intern(Array(keyword.rawValue.utf8)[...]) }
        for opcode in Opcode.allCases { _ = table.intern(Array(opcode.mnemonic.utf8)[...]) }
        return table
    }()
}
