import PrecastIR
import PrecastWasmModel

/// Copies and fills of a small known size, as loads and stores.
///
/// Neither may write anything if a part of it is out of bounds, and ranges of a copy may overlap. So all is loaded before anything is stored, and the
/// last bytes are accessed first: where they are in bounds, so are the others.
extension FunctionTranslator {
    /// Bytes that are worth at most eight loads and eight stores.
    private static var smallLimit: Int64 { 64 }

    /// The known, small length on top of the stack.
    private func smallLength() -> Int? {
        guard expandsSmallCopies, let length = builder.function.dfg.integerConstant(peek(0)), length > 0, length <= Self.smallLimit else { return nil }
        return Int(length)
    }

    /// Chunks that cover `length` bytes, the last first: offset and width. Chunks may overlap.
    private func chunks(_ length: Int) -> [(offset: Int, width: Int)] {
        let width = [8, 4, 2, 1].first { $0 <= length } ?? 1
        var chunks = [(offset: length - width, width: width)]
        for offset in stride(from: 0, to: length - width, by: width) { chunks.append((offset, width)) }
        return chunks
    }

    /// Translates a `memory.copy` whose operands are on the stack. - Returns: false, and takes nothing, if its size is not small and known.
    mutating func translateSmallCopy(to: MemoryPlan, from: MemoryPlan) -> Bool {
        guard let length = smallLength() else { return false }
        _ = pop()
        let source = pop(), destination = pop()
        var loaded: [Value] = []
        for (offset, width) in chunks(length) {
            let at = address(from, index: source, offset: UInt64(offset), size: width)
            loaded.append(builder.load(Self.loads(width), width == 8 ? .i64 : .i32, at.base, offset: at.offset, at.flags))
        }
        for (value, (offset, width)) in zip(loaded, chunks(length)) {
            let at = address(to, index: destination, offset: UInt64(offset), size: width)
            builder.store(Self.stores(width), value, at.base, offset: at.offset, at.flags)
        }
        return true
    }

    /// Translates a `memory.fill` whose operands are on the stack. - Returns: false, and takes nothing, if size or byte are not known, or it is not small.
    mutating func translateSmallFill(_ memory: MemoryPlan) -> Bool {
        guard let length = smallLength(), let byte = builder.function.dfg.integerConstant(peek(1)) else { return false }
        _ = (pop(), pop())
        let destination = pop()
        let pattern = Int64(bitPattern: UInt64(UInt8(truncatingIfNeeded: byte)) &* 0x0101_0101_0101_0101)
        for (offset, width) in chunks(length) {
            let value = width == 8 ? builder.constant(.i64, pattern) : builder.constant(.i32, Int64(Int32(truncatingIfNeeded: pattern)))
            let at = address(memory, index: destination, offset: UInt64(offset), size: width)
            builder.store(Self.stores(width), value, at.base, offset: at.offset, at.flags)
        }
        return true
    }

    private static func loads(_ width: Int) -> IROpcode { width >= 4 ? .load : width == 2 ? .uload16 : .uload8 }
    private static func stores(_ width: Int) -> IROpcode { width >= 4 ? .store : width == 2 ? .store16 : .store8 }
}
