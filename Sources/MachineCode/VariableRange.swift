/// Where a variable is, over a range of the code (docs/debug-information.md, "Where variables are").
///
/// Ranges of one subject do not overlap. Where there is none, the variable has no place: it was optimized out, or it is not certain which value it has.
@frozen public struct VariableRange: Sendable, Hashable {
    @frozen public enum Subject: Hashable, Sendable {
        /// A local of a WebAssembly function, by index; parameters come first.
        case local(UInt32)
        /// The address of this machine that a local means in memory 0: where memory 0 begins, plus the local.
        case localAddress(UInt32)
        /// The address of the instance context.
        case instanceContext
        /// The address at which memory 0 begins.
        case memoryBase
    }
    @frozen public enum Place: Hashable, Sendable {
        /// A register's DWARF number. An i32 is in its low half.
        case register(UInt8)
        /// Bytes from the canonical frame address.
        case frame(Int32)
        /// The value itself, nowhere in the machine: the bits, of a 128-bit value the low and high half.
        case constant(UInt64, high: UInt64)
    }
    /// In the function's code: from the first instruction at which the variable is there to the first at which it need not be.
    public var offsets: Range<UInt32>
    /// The inlined call whose callee's variable this is, a handle of the call's source location; all ones: the function's own.
    public var inlinedAt: UInt32
    public var subject: Subject
    public var place: Place
    @inlinable public init(offsets: Range<UInt32>, inlinedAt: UInt32, subject: Subject, place: Place) {
        self.offsets = offsets
        self.inlinedAt = inlinedAt
        self.subject = subject
        self.place = place
    }

    /// Orders ranges by variable: the function's own first, then those of inlined calls by handle; of each, locals by index, addresses of locals, then the others.
    @inlinable public var order: UInt64 { Self.order(subject, inlinedAt: inlinedAt) }
    @inlinable public static func order(_ subject: Subject, inlinedAt: UInt32) -> UInt64 {
        let number: UInt64 = switch subject {
        case .local(let index): UInt64(index)
        case .localAddress(let index): 1 << 32 | UInt64(index)
        case .instanceContext: 1 << 33
        case .memoryBase: 1 << 33 | 1
        }
        // Handles have less than 30 bits.
        return UInt64(inlinedAt &+ 1) << 34 | number
    }
}
