public import PrecastArtifactFormat

/// The code of one function or trampoline, a line per instruction or datum, with what a reader wants to know beside it.
///
/// All text is safe to print: names of the guest are escaped.
public struct FunctionCode: Sendable {
    /// One instruction, or datum.
    public struct Line: Sendable, Hashable {
        /// In the image.
        public var address: UInt64
        public var bytes: [UInt8]
        /// What jumps to it call it.
        public var label: String?
        public var mnemonic: String
        /// Targets are labels and names.
        public var operands: String
        /// Trap, callee, what of the instance it touches.
        public var comments: [String] = []
        /// Where it comes from: an index of ``FunctionCode/chains``.
        public var chain: Int?
        public var isData = false
    }

    /// A place in the module's binary.
    public struct Frame: Sendable, Hashable {
        /// In the function index space.
        public var function: UInt32
        /// Bytes from the start of the binary.
        public var offset: UInt32
        public init(function: UInt32, offset: UInt32) {
            self.function = function
            self.offset = offset
        }
    }

    public var record: FunctionRecord
    /// Row of `functions`.
    public var row: Int
    public var name: String
    public var address: UInt64
    public var lines: [Line] = []
    /// Where lines come from: innermost first, the function's own place last.
    public var chains: [[Frame]] = []
}

/// The jump tables, constants and instructions of one function, told apart.
///
/// Data lies behind the code that refers to it, so one walk in order tells them apart: what is referred to by its distance is data.
struct CodePartition {
    struct Datum {
        var address: UInt64
        var byteCount: Int
        /// Where a table's entries lead; empty for a constant.
        var targets: [UInt64] = []
    }
    private(set) var instructions: [MachineInstruction] = []
    /// Bytes that are no instruction.
    private(set) var unknown: [Range<UInt64>] = []
    private(set) var data: [Datum] = []

    /// - Parameter code: the function's bytes, at `start`.
    init(_ code: UnsafeRawBufferPointer, at start: UInt64, _ disassembler: Disassembler) {
        let end = start + UInt64(code.count)
        // Sizes of what is referred to, by address, from here on.
        var expected: [UInt64: Int] = [:], next = end
        var instructionStarts = Set<UInt64>()
        var address = start
        while address < end {
            if let byteCount = expected.removeValue(forKey: address) {
                next = expected.keys.min() ?? end
                let rest = UnsafeRawBufferPointer(rebasing: code[Int(address - start)..<Int(next - start)])
                let datum = byteCount == 0
                    ? Self.table(rest, at: address, instructionStarts) : Datum(address: address, byteCount: min(byteCount, rest.count))
                if datum.byteCount > 0 {
                    data.append(datum)
                    address += UInt64(datum.byteCount)
                    continue
                }
            }
            let rest = UnsafeRawBufferPointer(rebasing: code[Int(address - start)..<Int(next - start)])
            guard let instruction = disassembler.decode(rest, at: address) else {
                let step = min(disassembler.machine == .x86_64 ? 1 : 4, UInt64(rest.count))
                unknown.append(address..<address + step)
                address += step
                continue
            }
            if let reference = instruction.reference, reference.address >= instruction.end, reference.address < end {
                expected[reference.address] = max(expected[reference.address] ?? 0, reference.byteCount)
                next = min(next, reference.address)
            }
            instructionStarts.insert(address)
            instructions.append(instruction)
            address = instruction.end
        }
    }

    /// A jump table: distances of 32 bits from its start to instructions, as far as they are.
    private static func table(_ bytes: UnsafeRawBufferPointer, at address: UInt64, _ instructionStarts: Set<UInt64>) -> Datum {
        var datum = Datum(address: address, byteCount: 0)
        while datum.byteCount + 4 <= bytes.count {
            let distance = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: datum.byteCount, as: Int32.self))
            let target = address &+ UInt64(bitPattern: Int64(distance))
            guard instructionStarts.contains(target) else { break }
            datum.targets.append(target)
            datum.byteCount += 4
        }
        return datum
    }
}
