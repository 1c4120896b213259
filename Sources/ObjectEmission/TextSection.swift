import PrecastArtifactFormat
import PrecastMachineCode

/// The laid-out text: every function at its offset, the gaps filled with trapping bytes.
///
/// Input: the functions and their order. Output: one run of bytes with relocations unresolved, and each function's offset in it.
struct TextSection {
    private(set) var bytes: [UInt8] = []
    /// Offset of each function, by number in ``LinkedModule/functions``.
    private(set) var offsets: [UInt32]
    /// Function numbers by ascending offset.
    let order: [Int]
    /// The largest alignment of a function, at least 16.
    private(set) var alignment = 16

    /// Code offsets have 31 bits, so that a displacement reaches everything.
    static let limit = UInt64(Int32.max) / 2

    init(_ module: LinkedModule) throws(EmissionError) {
        let functions = module.functions
        order = module.layoutOrder.isEmpty ? Array(functions.indices) : module.layoutOrder
        offsets = [UInt32](repeating: noIndex, count: functions.count)
        guard order.count == functions.count else {
            throw .invalidMetadata("the layout order has \(order.count) entries for \(functions.count) functions")
        }
        // int3 on x86-64; zero is an undefined instruction on the others.
        let fill: UInt8 = module.target.machine == .x86_64 ? 0xcc : 0
        bytes.reserveCapacity(functions.reduce(0) { $0 + $1.compiled.code.count + 15 })
        for number in order {
            guard functions.indices.contains(number), offsets[number] == noIndex else {
                throw .invalidMetadata("the layout order is no permutation: \(number)")
            }
            let compiled = functions[number].compiled
            let wanted = compiled.alignment
            guard wanted > 0, wanted <= 4096, wanted & (wanted - 1) == 0 else {
                throw .invalidAlignment(function: number, alignment: wanted)
            }
            alignment = max(alignment, Int(wanted))
            bytes.pad(to: Int(wanted), with: fill)
            let end = UInt64(bytes.count) + UInt64(compiled.code.count)
            guard end <= Self.limit else { throw .tooLarge(what: "the text", byteCount: end, limit: Self.limit) }
            offsets[number] = UInt32(bytes.count)
            bytes += compiled.code
        }
    }

    /// Writes a 32-bit field of the text.
    mutating func patch32(at offset: Int, _ value: UInt32) { bytes.patch32(at: offset, value) }
}
