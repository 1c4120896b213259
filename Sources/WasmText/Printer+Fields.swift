import PrecastEntities
import PrecastWasmModel
import PrecastWasmTypes

// Everything of a module but its functions.

extension Printer {
    // MARK: Types

    mutating func printTypes() {
        for group in module.recursionGroups {
            let isGroup = group.count != 1
            if isGroup {
                out.newLine(1)
                out.write("(rec")
            }
            for index in group { printType(UInt32(index), depth: isGroup ? 2 : 1) }
            if isGroup { out.write(")") }
        }
    }

    private mutating func printType(_ index: UInt32, depth: Int) {
        begin(.type, index, depth: depth)
        let subtyping = module.subtyping[Int(index)]
        let supertype = subtyping.supertype == .none ? nil : subtyping.supertype.rawValue
        let isSubtype = supertype != nil || !subtyping.isFinal
        if isSubtype {
            out.write(subtyping.isFinal ? " (sub final" : " (sub")
            if let supertype { writeIndex(.type, supertype) }
        }
        switch module.types[Int(index)] {
        case .function(let type):
            out.write(" (func")
            writeSignature(type)
            out.write(")")
        case .structure(let type):
            out.write(" (struct")
            let fieldNames = names.fields(of: index)
            for (position, field) in type.fields.enumerated() {
                out.write(" (field")
                writeBinding(fieldNames[UInt32(position)])
                writeField(field)
                out.write(")")
            }
            out.write(")")
        case .array(let type):
            out.write(" (array")
            writeField(type.element)
            out.write(")")
        }
        out.write(isSubtype ? "))" : ")")
    }

    private mutating func writeField(_ field: FieldType) {
        out.write(field.isMutable ? " (mut" : "")
        if field.storage.isPacked { out.write(" " + field.storage.description) } else { writeType(field.storage.unpacked) }
        if field.isMutable { out.write(")") }
    }

    /// `(param …) (result …)`
    mutating func writeSignature(_ type: FunctionType) {
        writeTypes("param", type.parameters)
        writeTypes("result", type.results)
    }

    mutating func writeTypes(_ word: String, _ types: [ValueType]) {
        if types.isEmpty { return }
        out.write(" (\(word)")
        for type in types { writeType(type) }
        out.write(")")
    }

    /// A space and a value type.
    mutating func writeType(_ type: ValueType) {
        if let reference = type.referenceType { return writeType(reference) }
        out.write(" " + type.description)
    }

    mutating func writeType(_ type: ReferenceType) {
        guard type.heapType.typeIndex != nil else { return out.write(" " + type.description) }
        out.write(type.isNullable ? " (ref null" : " (ref")
        writeHeapType(type.heapType)
        out.write(")")
    }

    mutating func writeHeapType(_ type: HeapType) {
        if let index = type.typeIndex { writeIndex(.type, index) } else { out.write(" " + type.description) }
    }

    /// `(type x)`
    mutating func writeTypeUse(_ type: TypeIndex) {
        out.write(" (type")
        writeIndex(.type, type.rawValue)
        out.write(")")
    }

    // MARK: Imports and exports

    mutating func printImports() {
        var counts = [UInt32](repeating: 0, count: IndexSpace.allCases.count)
        func next(_ space: IndexSpace) -> UInt32 {
            counts[space.rawValue] += 1
            return counts[space.rawValue] - 1
        }
        for item in module.imports {
            out.newLine(1)
            out.write("(import ")
            out.writeQuoted(name: item.module.utf8)
            out.write(" ")
            out.writeQuoted(name: item.name.utf8)
            switch item.item {
            case .function(let type):
                writeImported(.function, next(.function))
                writeTypeUse(type)
            case .table(let type):
                writeImported(.table, next(.table))
                writeTable(type)
            case .memory(let type):
                writeImported(.memory, next(.memory))
                writeMemory(type)
            case .global(let type):
                writeImported(.global, next(.global))
                writeGlobal(type)
            case .tag(let type):
                writeImported(.tag, next(.tag))
                writeTypeUse(type)
            }
            out.write("))")
        }
    }

    private mutating func writeImported(_ space: IndexSpace, _ index: UInt32) {
        out.write(" (\(space.keyword)")
        writeBinding(names[space, index])
        out.write(" (;\(index);)")
    }

    mutating func printExports() {
        for export in module.exports {
            out.newLine(1)
            out.write("(export ")
            out.writeQuoted(name: export.name.utf8)
            let (space, index): (IndexSpace, UInt32) =
                switch export.item {
                case .function(let index): (.function, index.rawValue)
                case .table(let index): (.table, index.rawValue)
                case .memory(let index): (.memory, index.rawValue)
                case .global(let index): (.global, index.rawValue)
                case .tag(let index): (.tag, index.rawValue)
                }
            out.write(" (\(space.keyword)")
            writeIndex(space, index)
            out.write("))")
        }
    }

    mutating func printStart() {
        guard let start = module.start else { return }
        out.newLine(1)
        out.write("(start")
        writeIndex(.function, start.function.rawValue)
        out.write(")")
    }

    // MARK: Tables, memories, tags, globals

    mutating func printTables() throws(PrintError) {
        for index in module.importedTableCount..<max(module.tables.count, module.importedTableCount) {
            let table = module.tables[index]
            begin(.table, UInt32(index))
            writeTable(table.type)
            if let initializer = table.initializer { try writeExpression(initializer) }
            out.write(")")
        }
    }

    private mutating func writeTable(_ type: TableType) {
        writeLimits(type.limits, is64: type.is64)
        writeType(type.element)
    }

    mutating func printMemories() {
        for index in module.importedMemoryCount..<max(module.memories.count, module.importedMemoryCount) {
            begin(.memory, UInt32(index))
            writeMemory(module.memories[index])
            out.write(")")
        }
    }

    private mutating func writeMemory(_ type: MemoryType) {
        writeLimits(type.limits, is64: type.is64)
        if type.isShared { out.write(" shared") }
        if type.pageSizeLog2 != 16 { out.write(" (pagesize \(UInt64(1) << UInt64(type.pageSizeLog2)))") }
    }

    private mutating func writeLimits(_ limits: Limits, is64: Bool) {
        out.write(is64 ? " i64 \(limits.minimum)" : " \(limits.minimum)")
        if let maximum = limits.maximum { out.write(" \(maximum)") }
    }

    mutating func printTags() {
        for index in module.importedTagCount..<max(module.tags.count, module.importedTagCount) {
            begin(.tag, UInt32(index))
            writeTypeUse(module.tags[index].type)
            out.write(")")
        }
    }

    mutating func printGlobals() throws(PrintError) {
        for index in module.importedGlobalCount..<max(module.globals.count, module.importedGlobalCount) {
            let global = module.globals[index]
            begin(.global, UInt32(index))
            writeGlobal(global.type)
            if let initializer = global.initializer { try writeExpression(initializer) }
            out.write(")")
        }
    }

    private mutating func writeGlobal(_ type: GlobalType) {
        if type.isMutable { out.write(" (mut") }
        writeType(type.valueType)
        if type.isMutable { out.write(")") }
    }

    // MARK: Segments

    mutating func printElements() throws(PrintError) {
        for (index, segment) in module.elements.enumerated() {
            begin(.element, UInt32(index))
            switch segment.mode {
            case .passive: break
            case .declarative: out.write(" declare")
            case .active(let table, let offset):
                if table.rawValue != 0 {
                    out.write(" (table")
                    writeIndex(.table, table.rawValue)
                    out.write(")")
                }
                try writeExpression(offset, in: "offset")
            }
            switch segment.items {
            case .functions(let functions):
                out.write(" func")
                for function in functions { writeIndex(.function, function.rawValue) }
            case .expressions(let expressions):
                writeType(segment.type)
                for expression in expressions { try writeExpression(expression, in: "item") }
            }
            out.write(")")
        }
    }

    mutating func printData() throws(PrintError) {
        for (index, segment) in module.data.enumerated() {
            begin(.data, UInt32(index))
            if case .active(let memory, let offset) = segment.mode {
                if memory.rawValue != 0 {
                    out.write(" (memory")
                    writeIndex(.memory, memory.rawValue)
                    out.write(")")
                }
                try writeExpression(offset, in: "offset")
            }
            writeData(module.bytes.copy(segment.contents)[...])
            out.write(")")
        }
    }

    // MARK: Constant expressions

    /// A constant expression: in parentheses where it is one operator, in those of `word` otherwise.
    private mutating func writeExpression(_ expression: ConstantExpression, in word: String? = nil) throws(PrintError) {
        let operators = module[expression]
        let isFolded = operators.count == 1 && word != nil
        if let word, !isFolded { out.write(" (\(word)") }
        var labels = LabelStack()
        for instruction in operators {
            out.write(isFolded ? " (" : " ")
            try writeInstruction(instruction, BodyContext(labels: labels))
            switch instruction.opcode {
            case .block, .loop, .if, .tryTable: labels.push(nil)
            case .end: labels.pop()
            default: break
            }
            if isFolded { out.write(")") }
        }
        if word != nil, !isFolded { out.write(")") }
    }
}
