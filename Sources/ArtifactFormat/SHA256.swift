/// SHA-256 (FIPS 180-4).
///
/// The loader verifies digests and must build as Embedded Swift with nothing but the standard library, and the compiler must compute the same ones,
/// so the hash is here rather than taken from a cryptography package. It is not for secrets: nothing here is hardened against timing.
public struct SHA256 {
    /// Brings a state of eight words on by blocks of 64 bytes: what a CPU with instructions for this hash does faster than the code here.
    public typealias Compression = @convention(c) (_ state: UnsafeMutablePointer<UInt32>, _ data: UnsafeRawPointer, _ blocks: Int) -> Void

    private var state: SIMD8<UInt32>
    private let compression: Compression?
    /// The last, incomplete block.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount = 0
    private var byteCount: UInt64 = 0

    /// - Parameter compression: nil: the code here.
    public init(compression: Compression? = nil) {
        self.compression = compression
        state = SIMD8(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19)
    }

    /// The digest of `bytes`.
    public static func digest(_ bytes: UnsafeRawBufferPointer) -> Bytes32 {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// Adds `bytes` to what is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount &+= UInt64(bytes.count)
        var at = 0
        if pendingCount > 0 {
            while pendingCount < 64, at < bytes.count {
                pending[pendingCount] = bytes[at]
                pendingCount += 1
                at += 1
            }
            guard pendingCount == 64 else { return }
            compressPending()
        }
        if let base = bytes.baseAddress, at + 64 <= bytes.count {
            let blocks = (bytes.count - at) / 64
            compress(base + at, blocks: blocks)
            at += blocks * 64
        }
        while at < bytes.count {
            pending[pendingCount] = bytes[at]
            pendingCount += 1
            at += 1
        }
    }

    /// Adds `count` zero bytes to what is hashed.
    public mutating func update(zeros count: Int) {
        for _ in 0..<count {
            byteCount &+= 1
            pending[pendingCount] = 0
            pendingCount += 1
            if pendingCount == 64 { compressPending() }
        }
    }

    /// The digest of all that was added. The value must not be used again.
    public mutating func finish() -> Bytes32 {
        let bits = byteCount &* 8
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > 56 {
            while pendingCount < 64 { pushZero() }
            compressPending()
        }
        while pendingCount < 56 { pushZero() }
        for i in 0..<8 { pending[56 + i] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * i)) }
        compressPending()
        var words = SIMD4<UInt64>()
        for i in 0..<4 {
            words[i] = UInt64(state[2 * i].byteSwapped) | UInt64(state[2 * i + 1].byteSwapped) << 32
        }
        return Bytes32(words: words)
    }

    private mutating func pushZero() {
        pending[pendingCount] = 0
        pendingCount += 1
    }

    private mutating func compressPending() {
        let block = pending
        withUnsafeBytes(of: block) { compress($0.baseAddress.unsafelyUnwrapped, blocks: 1) }
        pendingCount = 0
    }

    /// `blocks` blocks of 64 bytes from `data` on.
    private mutating func compress(_ data: UnsafeRawPointer, blocks: Int) {
        if let compression {
            return withUnsafeMutableBytes(of: &state) { compression($0.assumingMemoryBound(to: UInt32.self).baseAddress.unsafelyUnwrapped, data, blocks) }
        }
        // Taken out of the loop: a global is reached through its initialiser, and array accesses through their checks.
        withUnsafeBytes(of: roundConstants) { constants in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                let constants = constants.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self)
                let schedule = schedule.baseAddress.unsafelyUnwrapped
                for block in 0..<blocks { state = Self.compress(state, data + 64 * block, constants, schedule) }
            }
        }
    }

    /// The state after one block.
    private static func compress(
        _ state: SIMD8<UInt32>, _ block: UnsafeRawPointer, _ constants: UnsafePointer<UInt32>, _ schedule: UnsafeMutablePointer<UInt32>
    ) -> SIMD8<UInt32> {
        for i in 0..<16 { schedule[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)) }
        for i in 16..<64 {
            let x = schedule[i &- 15], y = schedule[i &- 2]
            let s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x &>> 3)
            let s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y &>> 10)
            schedule[i] = schedule[i &- 16] &+ s0 &+ schedule[i &- 7] &+ s1
        }
        var a = state[0], b = state[1], c = state[2], d = state[3]
        var e = state[4], f = state[5], g = state[6], h = state[7]
        // Eight rounds at a time: each leaves its sums where the next expects them, so nothing moves.
        var i = 0
        while i < 64 {
            round(a, b, c, &d, e, f, g, &h, constants[i] &+ schedule[i])
            round(h, a, b, &c, d, e, f, &g, constants[i &+ 1] &+ schedule[i &+ 1])
            round(g, h, a, &b, c, d, e, &f, constants[i &+ 2] &+ schedule[i &+ 2])
            round(f, g, h, &a, b, c, d, &e, constants[i &+ 3] &+ schedule[i &+ 3])
            round(e, f, g, &h, a, b, c, &d, constants[i &+ 4] &+ schedule[i &+ 4])
            round(d, e, f, &g, h, a, b, &c, constants[i &+ 5] &+ schedule[i &+ 5])
            round(c, d, e, &f, g, h, a, &b, constants[i &+ 6] &+ schedule[i &+ 6])
            round(b, c, d, &e, f, g, h, &a, constants[i &+ 7] &+ schedule[i &+ 7])
            i &+= 8
        }
        return state &+ SIMD8(a, b, c, d, e, f, g, h)
    }
}

/// One round: `d` gets the new e, `h` the new a.
@inline(__always) private func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ word: UInt32
) {
    let t1 = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ ((e & f) ^ (~e & g)) &+ word
    let t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
    d = d &+ t1
    h = t1 &+ t2
}

@inline(__always) private func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x &>> n | x &<< (32 &- n) }

private let roundConstants: InlineArray<64, UInt32> = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]
