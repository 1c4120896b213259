extension CoreDump {
    /// The dump as a file: `file`, which it was read from, with its frames as they are now. Values that the format cannot say, vectors and references, are missing.
    public func bytes(completing file: [UInt8]) -> [UInt8] {
        var result = Array(file.prefix(8))
        var position = 8, isWritten = false
        while let (section, payload) = Self.section(file, at: position) {
            if file[section.lowerBound] == 0, Self.isStack(file[payload]) {
                if !isWritten { for thread in threads { result += Self.section(thread) } }
                isWritten = true
            } else {
                result += file[section]
            }
            position = section.upperBound
        }
        return result
    }

    /// The section at an offset: all of it, and what follows its size.
    private static func section(_ file: [UInt8], at start: Int) -> (whole: Swift.Range<Int>, payload: Swift.Range<Int>)? {
        var position = start + 1, size = 0, shift = 0
        while position < file.count, shift < 35 {
            let byte = file[position]
            size |= Int(byte & 0x7f) << shift
            shift += 7
            position += 1
            if byte < 0x80 { return size <= file.count - position ? (start..<position + size, position..<position + size) : nil }
        }
        return nil
    }
    private static func isStack(_ payload: ArraySlice<UInt8>) -> Bool {
        let name = Array("corestack".utf8)
        return payload.first == UInt8(name.count) && payload.dropFirst().starts(with: name)
    }

    private static func section(_ thread: Thread) -> [UInt8] {
        var part: [UInt8] = []
        part.append(text: Array("corestack".utf8))
        part.append(0)
        part.append(text: thread.name)
        part.append(number: thread.frames.count)
        for frame in thread.frames {
            part.append(0)
            part.append(number: Int(frame.instance))
            part.append(number: Int(frame.function))
            part.append(number: Int(frame.codeOffset))
            for values in [frame.locals, frame.stack] {
                part.append(number: values.count)
                for value in values { part.append(value) }
            }
        }
        var section: [UInt8] = [0]
        section.append(number: part.count)
        return section + part
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int) {
        var rest = UInt(bitPattern: number)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
    fileprivate mutating func append(text: [UInt8]) {
        append(number: text.count)
        self += text
    }
    private mutating func append(signed value: Int64) {
        var rest = value
        while rest > 63 || rest < -64 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest) & 0x7f)
    }
    private mutating func append(fixed value: UInt64, _ count: Int) {
        for position in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * position))) }
    }
    fileprivate mutating func append(_ value: CoreDump.Value) {
        switch value {
        case .i32(let value):
            append(0x7f)
            append(signed: Int64(value))
        case .i64(let value):
            append(0x7e)
            append(signed: value)
        case .f32(let bits):
            append(0x7d)
            append(fixed: UInt64(bits), 4)
        case .f64(let bits):
            append(0x7c)
            append(fixed: bits, 8)
        case .missing, .v128, .reference: append(0x01)
        }
    }
}
