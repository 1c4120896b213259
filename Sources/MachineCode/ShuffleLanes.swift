public import PrecastIR

/// The byte lanes of a shuffle: 0…15 of the first operand, 16…31 of the second.
public struct ShuffleLanes: Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ constant: VectorConstantData) {
        bytes = (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? constant.low : constant.high) >> UInt64($0 % 8 * 8)) }
    }
    public var constant: VectorConstantData {
        func word(_ range: Range<Int>) -> UInt64 { range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
        return VectorConstantData(low: word(0..<8), high: word(8..<16))
    }

    /// Lane numbers at `size` bytes a lane, if whole lanes move.
    public func wholeLanes(_ size: Int) -> [UInt8]? {
        var lanes: [UInt8] = []
        for start in stride(from: 0, to: 16, by: size) {
            guard Int(bytes[start]) % size == 0, (0..<size).allSatisfy({ Int(bytes[start + $0]) == Int(bytes[start]) + $0 }) else { return nil }
            lanes.append(bytes[start] / UInt8(size))
        }
        return lanes
    }
    public func keeps(_ range: Range<Int>) -> Bool { range.allSatisfy { Int(bytes[$0]) == $0 } }
    /// The first byte, if they are consecutive from there on, and go on at 0 behind `modulo`.
    public func rotation(modulo: Int) -> UInt8? {
        (1..<16).allSatisfy { Int(bytes[$0]) == (Int(bytes[0]) + $0) % modulo } ? bytes[0] : nil
    }
    /// With the operands exchanged.
    public var exchanged: ShuffleLanes { ShuffleLanes(bytes.map { $0 ^ 16 }) }
    /// Of one operand that is both.
    public var ofOne: ShuffleLanes { ShuffleLanes(bytes.map { $0 & 15 }) }
}
