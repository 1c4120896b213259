/// The abbreviations of a unit: what attributes the entries of each code have.
struct AbbreviationTable {
    struct Specification {
        var name: UInt16
        var form: UInt16
        /// The value itself where the form is `implicit_const`.
        var implicit: Int64
    }
    struct Abbreviation {
        var tag: UInt16
        var hasChildren: Bool
        var specifications: Range<Int>
    }
    private(set) var specifications: [Specification] = []
    private var abbreviations: [Abbreviation] = []
    /// Codes are nearly always 1, 2, 3 …; the others are in here.
    private var others: [UInt64: Int] = [:]
    private var consecutive = 0

    /// Reads up to the end of the table or of what is well formed.
    init(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        guard offset < UInt64(bytes.count) else { return }
        var cursor = ByteCursor(bytes, Int(offset)..<bytes.count)
        while true {
            let code = cursor.uleb()
            if code == 0 || cursor.hasFailed { return }
            let tag = cursor.uleb(), hasChildren = cursor.byte() != 0
            let first = specifications.count
            while true {
                let name = cursor.uleb(), form = cursor.uleb()
                if cursor.hasFailed { return }
                if name == 0 && form == 0 { break }
                let implicit = form == UInt64(Form.implicitConst) ? cursor.sleb() : 0
                specifications.append(Specification(
                    name: UInt16(exactly: name) ?? .max, form: UInt16(exactly: form) ?? .max, implicit: implicit))
            }
            if code == UInt64(abbreviations.count) + 1, others.isEmpty { consecutive = abbreviations.count + 1 } else { others[code] = abbreviations.count }
            abbreviations.append(Abbreviation(
                tag: UInt16(exactly: tag) ?? .max, hasChildren: hasChildren, specifications: first..<specifications.count))
        }
    }

    @inline(__always)
    subscript(code: UInt64) -> Abbreviation? {
        if code &- 1 < UInt64(consecutive) { return abbreviations[Int(code) - 1] }
        return others[code].map { abbreviations[$0] }
    }
}
