public import PrecastWasmModel

/// A module's text with the lines that its operators are on: debug information of a module that has none of its own.
public struct TextListing: Sendable {
    /// A row of the line table: from the operator at `offset` of the binary on, code is that of `line`.
    public struct Row: Sendable {
        public var offset: UInt32
        public var line: UInt32
        public init(offset: UInt32, line: UInt32) {
            self.offset = offset
            self.line = line
        }
    }
    public enum LocalType: UInt8, Sendable, CaseIterable {
        case i32, i64, f32, f64, v128, reference
    }
    public struct Function: Sendable {
        public var name: [UInt8]
        public var line: UInt32
        /// Range of the binary.
        public var body: Range<UInt32>
        public var parameterCount: Int
        /// Parameters first.
        public var locals: [(name: [UInt8], type: LocalType)]
        public var rows: [Row]
        public init(name: [UInt8], line: UInt32, body: Range<UInt32>, parameterCount: Int, locals: [(name: [UInt8], type: LocalType)], rows: [Row]) {
            self.name = name
            self.line = line
            self.body = body
            self.parameterCount = parameterCount
            self.locals = locals
            self.rows = rows
        }
    }
    /// Of the file with the text, and the folder that it counts from.
    public var path: [UInt8]
    public var directory: [UInt8]
    public var functions: [Function]
    public init(path: [UInt8], directory: [UInt8], functions: [Function]) {
        self.path = path
        self.directory = directory
        self.functions = functions
    }
}

extension GuestSections {
    /// DWARF for WebAssembly that says what a listing does. - Parameter codeStart: offset in the binary of the code section's payload.
    public init(_ listing: TextListing, codeStart: UInt32) {
        self.init(sections: [
            (".debug_info", listedEntries(listing, codeStart)), (".debug_abbrev", listedAbbreviations), (".debug_line", listedLines(listing, codeStart)),
        ])
    }
}

private enum Code {
    static let unit: UInt8 = 1, baseType: UInt8 = 2, function: UInt8 = 3, parameter: UInt8 = 4, local: UInt8 = 5
}

private let listedAbbreviations: [UInt8] = {
    func row(_ code: UInt8, _ tag: UInt16, children: Bool, _ attributes: [(UInt16, UInt16)]) -> [UInt8] {
        [code, UInt8(tag), children ? 1 : 0] + attributes.flatMap { [UInt8($0), UInt8($1)] } + [0, 0]
    }
    let place: [(UInt16, UInt16)] = [(AttributeName.name, Form.string), (AttributeName.type, Form.ref4), (AttributeName.location, Form.exprloc)]
    return row(Code.unit, Tag.compileUnit, children: true, [
        (AttributeName.producer, Form.string), (AttributeName.language, Form.data2), (AttributeName.name, Form.string),
        (AttributeName.compilationDirectory, Form.string), (AttributeName.statementList, Form.secOffset),
    ]) + row(Code.baseType, Tag.baseType, children: false, [
        (AttributeName.name, Form.string), (AttributeName.encoding, Form.data1), (AttributeName.byteSize, Form.data1),
    ]) + row(Code.function, Tag.subprogram, children: true, [
        (AttributeName.name, Form.string), (AttributeName.lowPC, Form.addr), (AttributeName.highPC, Form.data4),
        (AttributeName.declarationFile, Form.data1), (AttributeName.declarationLine, Form.udata),
    ]) + row(Code.parameter, Tag.formalParameter, children: false, place) + row(Code.local, Tag.variable, children: false, place) + [0]
}()

extension TextListing.LocalType {
    fileprivate var encoding: UInt8 { self == .f32 || self == .f64 ? 4 : self == .i32 || self == .i64 ? 5 : 7 }
    fileprivate var size: UInt8 {
        switch self {
        case .i32, .f32: 4
        case .i64, .f64, .reference: 8
        case .v128: 16
        }
    }
}

private func text(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 != 0 } + [0] }

private func listedEntries(_ listing: TextListing, _ codeStart: UInt32) -> [UInt8] {
    var out: [UInt8] = [0, 0, 0, 0, 5, 0, 1, 4, 0, 0, 0, 0]
    out.append(Code.unit)
    out += text(Array("WebAssembly text".utf8))
    // Assembly language.
    out.appendInteger(UInt16(0x8001))
    out += text(listing.path) + text(listing.directory)
    out.appendInteger(UInt32(0))
    var types: [UInt32] = []
    for type in TextListing.LocalType.allCases {
        types.append(UInt32(out.count))
        out += [Code.baseType] + text(Array("\(type)".utf8)) + [type.encoding, type.size]
    }
    for function in listing.functions {
        out += [Code.function] + text(function.name)
        out.appendInteger(function.body.lowerBound - codeStart)
        out.appendInteger(UInt32(function.body.count))
        out.append(0)
        out.appendUnsigned(UInt64(function.line))
        for (index, local) in function.locals.enumerated() {
            out += [index < function.parameterCount ? Code.parameter : Code.local] + text(local.name)
            out.appendInteger(types[Int(local.type.rawValue)])
            var expression: [UInt8] = [0xed, 0]
            expression.appendUnsigned(UInt64(index))
            out += [UInt8(expression.count + 1)] + expression + [0x9f]
        }
        out.append(0)
    }
    out.append(0)
    out.setInteger(UInt32(out.count - 4), at: 0)
    return out
}

private func listedLines(_ listing: TextListing, _ codeStart: UInt32) -> [UInt8] {
    var out: [UInt8] = [0, 0, 0, 0, 5, 0, 4, 0, 0, 0, 0, 0]
    out += [1, 1, 1, 0xfb, 14, 13] + [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
    out += [1, 1, UInt8(Form.string), 1] + text(listing.directory)
    out += [2, 1, UInt8(Form.string), 2, UInt8(Form.udata), 1] + text(listing.path) + [0]
    out.setInteger(UInt32(out.count - 12), at: 8)
    for function in listing.functions {
        out += [0, 5, LineOperation.setAddress]
        var address = function.body.lowerBound - codeStart, line: UInt32 = 1
        out.appendInteger(address)
        out += [LineOperation.setFile, 0]
        var isFirst = true
        for row in [TextListing.Row(offset: function.body.lowerBound, line: function.line)] + function.rows {
            let next = row.offset &- codeStart
            if next < address { continue }
            out.append(LineOperation.advancePC)
            out.appendUnsigned(UInt64(next - address))
            out.append(LineOperation.advanceLine)
            out.appendSigned(Int64(row.line) - Int64(line))
            if !isFirst, address == function.body.lowerBound - codeStart { out.append(LineOperation.setPrologueEnd) }
            out.append(LineOperation.copy)
            (address, line, isFirst) = (next, row.line, false)
        }
        out.append(LineOperation.advancePC)
        out.appendUnsigned(UInt64(function.body.upperBound - codeStart) - UInt64(address))
        out += [0, 1, LineOperation.endSequence]
    }
    out.setInteger(UInt32(out.count - 4), at: 0)
    return out
}
