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
    /// Empty where every call reaches its function.
    private(set) var veneers: Veneers

    /// Code offsets have 31 bits, so that a displacement reaches everything.
    static let limit = UInt64(Int32.max) / 2

    /// - Parameter callReach: how many bytes away a function may be that is called directly; nil: what the machine's calls reach.
    init(_ module: LinkedModule, callReach: Int? = nil) throws(EmissionError) {
        let functions = module.functions
        order = module.layoutOrder.isEmpty ? Array(functions.indices) : module.layoutOrder
        offsets = [UInt32](repeating: noIndex, count: functions.count)
        guard order.count == functions.count else {
            throw .invalidMetadata("the layout order has \(order.count) entries for \(functions.count) functions")
        }
        // int3 on x86-64; zero is an undefined instruction on the others.
        let fill: UInt8 = module.target.machine == .x86_64 ? 0xcc : 0
        let size = functions.reduce(0) { $0 + $1.compiled.code.count + 15 }
        bytes.reserveCapacity(size)
        veneers = Veneers(module, textSize: size, callReach: callReach)
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
            veneers.add(number, compiled, to: &bytes)
        }
        veneers.finish(&bytes)
    }

    /// Writes a 32-bit field of the text.
    mutating func patch32(at offset: Int, _ value: UInt32) { bytes.patch32(at: offset, value) }
    /// Sets bits of an instruction's word that were zero.
    mutating func fill32(at offset: Int, _ bits: UInt32) {
        let word = (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
        bytes.patch32(at: offset, word | bits)
    }
}
