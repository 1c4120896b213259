/// Spoils bytes or text: one seed, one change of the corpus.
struct Mutator {
    var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    // MARK: Bytes

    /// A few changes of `bytes`; `other` is spliced in now and then.
    mutating func mutate(_ bytes: [UInt8], other: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<random.pick([1, 1, 1, 2, 3, 8]) { change(&result, other) }
        return result
    }
    private static let interesting: [[UInt8]] = [
        [0], [1], [0x7f], [0x80], [0xff], [0x0b], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x08], [0xff, 0xff, 0xff, 0x7f],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ]
    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let at = random.below(bytes.count)
        switch random.below(10) {
        case 0, 1: bytes[at] ^= 1 << UInt8(random.below(8))
        case 2: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes[at] = bytes[at] &+ UInt8(truncatingIfNeeded: random.within(-3...3))
        case 4:
            let value = random.pick(Self.interesting)
            bytes.replaceSubrange(at..<min(at + value.count, bytes.count), with: value)
        case 5: bytes.insert(contentsOf: random.pick(Self.interesting), at: at)
        case 6: bytes.removeSubrange(span(at, bytes.count))
        case 7: bytes.insert(contentsOf: Array(bytes[span(random.below(bytes.count), bytes.count)]), at: at)
        case 8:
            guard !other.isEmpty else { return }
            bytes.replaceSubrange(span(at, bytes.count), with: other[span(random.below(other.count), other.count)])
        default: if random.chance(30) { bytes.removeSubrange(at...) } else { bytes.swapAt(at, random.below(bytes.count)) }
        }
    }
    private mutating func span(_ start: Int, _ count: Int) -> Range<Int> { start..<min(count, start + random.pick([1, 1, 2, 4, 16, 64, 300])) }

    /// Changes of the sections `.debug_*` of a module, sizes included; nothing else of it.
    mutating func mutateDebugSections(_ module: [UInt8], other: [UInt8]) -> [UInt8] {
        let sections = debugSections(module)
        guard let chosen = sections.isEmpty ? nil : sections[random.below(sections.count)] else { return module }
        var result = module
        let donor = debugSections(other).first { $0.name == chosen.name }.map { Array(other[$0.payload]) } ?? []
        let payload = mutate(Array(module[chosen.payload]), other: donor)
        let content = Self.leb(chosen.name.count) + chosen.name + payload
        result.replaceSubrange(chosen.section, with: [0] + Self.leb(content.count) + content)
        return random.chance(30) ? mutateDebugSections(result, other: other) : result
    }

    /// Where the debug sections of a module are, with and without their heads.
    private func debugSections(_ module: [UInt8]) -> [(name: [UInt8], section: Range<Int>, payload: Range<Int>)] {
        var result: [(name: [UInt8], section: Range<Int>, payload: Range<Int>)] = []
        var at = 8
        while at < module.count {
            let start = at, id = module[at]
            at += 1
            let size = Self.number(module, &at), end = min(at + size, module.count)
            if id == 0 {
                let length = Self.number(module, &at), name = Array(module[at..<min(at + length, end)])
                if name.starts(with: ".debug_".utf8) { result.append((name, start..<end, at + name.count..<end)) }
            }
            at = end
        }
        return result
    }
    private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int {
        var result = 0, shift = 0
        while at < bytes.count, shift < 35 {
            let byte = bytes[at]
            at += 1
            result |= Int(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return result
    }
    private static func leb(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + leb(value >> 7)
    }

    // MARK: Text

    private static let strange: [String] = [
        "(", ")", "()", "\"", "\"\\ff\"", "\"\\u{110000}\"", ";;", "(;", ";)", "$x", "$\"\"", "(@a)", "0x", "-0x1p-9999", "0x1p+99999999999", "nan:0x0", "nan:canonical", "1_",
        "18446744073709551616", "-9223372036854775809", "4294967296", "0xffffffffffffffffffff", "offset=4294967295", "align=3", "align=0", "inf", "-nan",
        "(module)", "(func)", "(type 4294967295)", "(param i32)", "(result i32)", "(local i32 i64 v128)", "(memory 65537)", "(table 0 funcref)", "end", "else", "unreachable",
        "i32.const", "v128.const i8x16", "br_table", "call_indirect", "(then)", "(else)", "(import \"a\" \"b\" (func))", "(export \"a\" (func 0))", "(elem declare func)",
        "(rec)", "(sub final)", "(ref null 0)", "(invoke \"f\")", "(assert_return", "(register \"m\")", "\u{0}", "\u{feff}", "\u{1f600}", "((((((((((((((((", "(block (block (block (block",
    ]
    /// A few changes of the tokens of `text`.
    mutating func mutateText(_ text: [UInt8], other: [UInt8]) -> [UInt8] {
        if random.chance(25) { return mutate(text, other: other) }
        var tokens = Self.tokens(text)
        for _ in 0..<random.pick([1, 1, 1, 2, 3, 6]) where !tokens.isEmpty {
            let at = random.below(tokens.count)
            switch random.below(8) {
            case 0: tokens.remove(at: at)
            case 1: tokens.insert(tokens[at], at: at)
            case 2: tokens.swapAt(at, random.below(tokens.count))
            case 3: tokens[at] = tokens[random.below(tokens.count)]
            case 4, 5: tokens[at] = Array((" " + random.pick(Self.strange) + " ").utf8)[...]
            case 6: tokens.insert(Array((" " + random.pick(Self.strange) + " ").utf8)[...], at: at)
            default: tokens.insert(contentsOf: Array(repeating: tokens[at], count: random.pick([2, 10, 1000])), at: at)
            }
        }
        return Array(tokens.joined())
    }
    /// Runs of one kind of character: blanks, parentheses one by one, the rest.
    private static func tokens(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        func kind(_ byte: UInt8) -> Int {
            switch byte {
            case 0x20, 0x0a, 0x0d, 0x09: 0
            case UInt8(ascii: "("), UInt8(ascii: ")"): 1
            default: 2
            }
        }
        var tokens: [ArraySlice<UInt8>] = []
        var start = 0
        for i in text.indices where i + 1 == text.count || kind(text[i]) == 1 || kind(text[i + 1]) != kind(text[i]) {
            tokens.append(text[start...i])
            start = i + 1
        }
        return tokens
    }
}
