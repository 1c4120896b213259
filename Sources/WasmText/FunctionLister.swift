import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel

/// One function of a module as lines, for listings that show it beside other forms of its code.
public struct FunctionText: Sendable {
    public struct Line: Sendable, Hashable {
        /// Of the operator, in the module's binary.
        public var offset: UInt32
        /// How many blocks it is in.
        public var depth: Int
        public var text: String
    }
    /// The function's first line, without the parenthesis that closes it: name, type, parameters and locals.
    public var head: String
    /// An operator each; the last is the `end` of the function.
    public var lines: [Line]
}

/// Prints single functions of a module in the text format. Names are escaped as in text.
public struct FunctionLister: ~Copyable {
    private var printer: Printer
    private var reader: OperatorReader

    /// - Parameter bytes: a module in the binary format; it must be well formed, but need not be valid.
    public init(_ bytes: [UInt8], _ options: PrintOptions = PrintOptions()) throws(PrintError) {
        let module: Module
        do throws(DecodeError) { module = try decodeModule(bytes, features: options.features) } catch { throw .decode(error) }
        printer = Printer(module, options)
        reader = OperatorReader(module)
    }

    /// Indices of the functions that the module defines.
    public var definedFunctions: Range<UInt32> {
        let first = printer.module.importedFunctionCount
        return UInt32(first)..<UInt32(max(first, printer.module.functions.count))
    }

    /// The identifier of a function, `$name`; nil if it has no name.
    public mutating func identifier(_ index: UInt32) -> String? {
        guard let identifier = printer.names[.function, index]?.identifier else { return nil }
        printer.out = TextBuffer()
        printer.out.writeIdentifier(identifier)
        return String(decoding: printer.out.bytes, as: UTF8.self)
    }

    /// Where the body of a function that the module defines is in the binary.
    public func bodyOffset(_ index: UInt32) -> UInt32? {
        guard definedFunctions.contains(index) else { return nil }
        return printer.module.bodies[Int(index - definedFunctions.lowerBound)].range.start
    }

    /// The identifiers of a function's locals that have names, by index.
    public mutating func localIdentifiers(_ function: UInt32) -> [UInt32: String] {
        printer.names.locals(of: function).compactMapValues { name in
            guard let identifier = name.identifier else { return nil }
            printer.out = TextBuffer()
            printer.out.writeIdentifier(identifier)
            return String(decoding: printer.out.bytes, as: UTF8.self)
        }
    }

    /// The text of one function. Linear in its size.
    ///
    /// - Precondition: `index` is one of ``definedFunctions``.
    public mutating func function(_ index: UInt32) throws(PrintError) -> FunctionText {
        let (head, lines) = try printer.lines(of: index, &reader)
        return FunctionText(head: head, lines: lines)
    }
}
