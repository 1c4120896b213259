// Rust's mangling "v0" (RFC 2603; The rustc Book, "v0 Symbol Format").

func demangledRust(_ bytes: [UInt8]) -> String? {
    // The suffix behind a point is not Rust's.
    let name = bytes.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "$") }
    var demangler = RustDemangler(Array(name.dropFirst(2)))
    return demangler.symbol()
}

private struct RustDemangler {
    private let bytes: [UInt8]
    private var at = 0
    private var text = ""
    private var isPrinting = true
    private var depth = 0
    /// Lifetimes bound around here.
    private var lifetimes: UInt64 = 0
    private var hasFailed = false
    /// References back to what was read make results that grow exponentially with the name.
    private static let textLimit = 1 << 16, depthLimit = 200, stepLimit = 1 << 16
    private var steps = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func symbol() -> String? {
        // A digit first would be the version of a later encoding.
        guard let first = bytes.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z"), bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        path(inType: false)
        if at < bytes.count, !hasFailed {
            // The crate that made the instance.
            isPrinting = false
            path(inType: false)
        }
        return hasFailed || at != bytes.count ? nil : text
    }

    // MARK: Reading

    private var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func next() -> UInt8 {
        guard at < bytes.count else {
            hasFailed = true
            return 0
        }
        defer { at += 1 }
        return bytes[at]
    }

    private mutating func take(_ character: Character) -> Bool {
        guard character.asciiValue == peek, at < bytes.count else { return false }
        at += 1
        return true
    }

    private mutating func print(_ addition: String) {
        guard isPrinting else { return }
        text += addition
        if text.utf8.count > Self.textLimit { hasFailed = true }
    }

    /// Digits of base 62 up to `_`: that alone is 0, others are one more than they say.
    private mutating func base62() -> UInt64 {
        if take("_") { return 0 }
        var value: UInt64 = 0
        while !hasFailed {
            let digit: UInt64
            let byte = next()
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt64(byte - UInt8(ascii: "a")) + 10
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt64(byte - UInt8(ascii: "A")) + 36
            case UInt8(ascii: "_"): return value &+ 1
            default:
                hasFailed = true
                return 0
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: 62)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { hasFailed = true }
            value = sum
        }
        return 0
    }

    /// A number that may be left out, marked by `tag`: 0, or one more than it says.
    private mutating func optional(_ tag: Character) -> UInt64 { take(tag) ? base62() &+ 1 : 0 }

    private mutating func decimal() -> Int {
        guard peek >= 0x30, peek <= 0x39 else {
            hasFailed = true
            return 0
        }
        if take("0") { return 0 }
        var value = 0
        while peek >= 0x30, peek <= 0x39, at < bytes.count, value <= bytes.count {
            value = value * 10 + Int(peek - 0x30)
            at += 1
        }
        return value
    }

    private mutating func identifier() -> String {
        let isPunycode = take("u"), length = decimal()
        _ = take("_")
        guard !hasFailed, length <= bytes.count - at else {
            hasFailed = true
            return ""
        }
        let name = bytes[at..<at + length]
        at += length
        if !isPunycode { return String(decoding: name, as: UTF8.self) }
        guard let decoded = decodedPunycode(name) else {
            hasFailed = true
            return ""
        }
        return decoded
    }

    /// Runs `body`, unless nesting or work are beyond what names need.
    private mutating func nested(_ body: (inout RustDemangler) -> Void) {
        steps += 1
        if depth >= Self.depthLimit || steps > Self.stepLimit { hasFailed = true }
        if hasFailed { return }
        depth += 1
        body(&self)
        depth -= 1
    }

    /// Reads again from an earlier place.
    private mutating func backReference(_ body: (inout RustDemangler) -> Void) {
        let start = at - 1, target = base62()
        guard !hasFailed, target < UInt64(start) else {
            hasFailed = true
            return
        }
        if !isPrinting { return }
        let end = at
        at = Int(target)
        nested(body)
        at = end
    }

    private mutating func silently(_ body: (inout RustDemangler) -> Void) {
        let was = isPrinting
        isPrinting = false
        body(&self)
        isPrinting = was
    }

    // MARK: Paths

    private mutating func path(inType: Bool) { nested { $0.readPath(inType: inType) } }

    private mutating func readPath(inType: Bool) {
        switch next() {
        case UInt8(ascii: "C"):
            _ = optional("s")
            print(identifier())
        case UInt8(ascii: "N"): nestedPath(inType: inType)
        case UInt8(ascii: "M"):
            implementationPath()
            print("<")
            type()
            print(">")
        case UInt8(ascii: "X"):
            implementationPath()
            traitPath()
        case UInt8(ascii: "Y"): traitPath()
        case UInt8(ascii: "I"):
            path(inType: inType)
            print(inType ? "<" : "::<")
            list { $0.genericArgument() }
            print(">")
        case UInt8(ascii: "B"): backReference { $0.path(inType: inType) }
        default: hasFailed = true
        }
    }

    private mutating func nestedPath(inType: Bool) {
        let space = next()
        path(inType: inType)
        let number = optional("s"), name = identifier()
        switch space {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            let kind = space == UInt8(ascii: "C") ? "closure" : space == UInt8(ascii: "S") ? "shim" : String(UnicodeScalar(space))
            print("::{" + kind + (name.isEmpty ? "" : ":" + name) + "#\(number)}")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): if !name.isEmpty { print("::" + name) }
        default: hasFailed = true
        }
    }

    /// Where an implementation stands: not shown.
    private mutating func implementationPath() {
        _ = optional("s")
        silently { $0.path(inType: false) }
    }

    private mutating func traitPath() {
        print("<")
        type()
        print(" as ")
        path(inType: true)
        print(">")
    }

    /// Elements up to `E`. Returns how many.
    @discardableResult
    private mutating func list(_ element: (inout RustDemangler) -> Void) -> Int {
        var count = 0
        while !hasFailed, !take("E") {
            if count > 0 { print(", ") }
            element(&self)
            count += 1
        }
        return count
    }

    private mutating func genericArgument() {
        if take("L") { lifetime(base62()) } else if take("K") { constant() } else { type() }
    }

    private mutating func lifetime(_ index: UInt64) {
        if index == 0 { return print("'_") }
        guard index <= lifetimes else {
            hasFailed = true
            return
        }
        let number = lifetimes - index
        print(number < 26 ? "'" + String(UnicodeScalar(UInt8(ascii: "a") + UInt8(number))) : "'_\(number)")
    }

    /// `for<'a, 'b>` around what `body` reads.
    private mutating func binder(_ body: (inout RustDemangler) -> Void) {
        let count = optional("G")
        // Each would be shown.
        guard count <= 64 else {
            hasFailed = true
            return
        }
        if count > 0 {
            print("for<")
            for number in 0..<count {
                if number > 0 { print(", ") }
                lifetimes += 1
                lifetime(1)
            }
            print("> ")
        }
        body(&self)
        lifetimes -= hasFailed ? 0 : count
    }

    // MARK: Types

    private static let basicTypes: [UInt8: String] = [
        UInt8(ascii: "b"): "bool", UInt8(ascii: "c"): "char", UInt8(ascii: "e"): "str", UInt8(ascii: "u"): "()", UInt8(ascii: "a"): "i8",
        UInt8(ascii: "s"): "i16", UInt8(ascii: "l"): "i32", UInt8(ascii: "x"): "i64", UInt8(ascii: "n"): "i128", UInt8(ascii: "i"): "isize",
        UInt8(ascii: "h"): "u8", UInt8(ascii: "t"): "u16", UInt8(ascii: "m"): "u32", UInt8(ascii: "y"): "u64", UInt8(ascii: "o"): "u128",
        UInt8(ascii: "j"): "usize", UInt8(ascii: "f"): "f32", UInt8(ascii: "d"): "f64", UInt8(ascii: "z"): "!", UInt8(ascii: "p"): "_", UInt8(ascii: "v"): "...",
    ]

    private mutating func type() { nested { $0.readType() } }

    private mutating func readType() {
        if let basic = Self.basicTypes[peek] {
            at += 1
            return print(basic)
        }
        switch peek {
        case UInt8(ascii: "A"), UInt8(ascii: "S"):
            let isArray = next() == UInt8(ascii: "A")
            print("[")
            type()
            if isArray {
                print("; ")
                constant()
            }
            print("]")
        case UInt8(ascii: "T"):
            at += 1
            print("(")
            if list({ $0.type() }) == 1 { print(",") }
            print(")")
        case UInt8(ascii: "R"), UInt8(ascii: "Q"):
            let isMutable = next() == UInt8(ascii: "Q")
            print("&")
            if take("L") {
                let index = base62()
                if index > 0 {
                    lifetime(index)
                    print(" ")
                }
            }
            if isMutable { print("mut ") }
            type()
        case UInt8(ascii: "P"), UInt8(ascii: "O"):
            print(next() == UInt8(ascii: "P") ? "*const " : "*mut ")
            type()
        case UInt8(ascii: "F"):
            at += 1
            binder { $0.functionSignature() }
        case UInt8(ascii: "D"):
            at += 1
            print("dyn ")
            binder { $0.dynamicBounds() }
            guard take("L") else {
                hasFailed = true
                return
            }
            let index = base62()
            if index > 0 {
                print(" + ")
                lifetime(index)
            }
        case UInt8(ascii: "B"):
            at += 1
            backReference { $0.type() }
        default: path(inType: true)
        }
    }

    private mutating func functionSignature() {
        if take("U") { print("unsafe ") }
        if take("K") {
            let abi = take("C") ? "C" : String(identifier().map { $0 == "_" ? "-" : $0 })
            print("extern \"" + abi + "\" ")
        }
        print("fn(")
        list { $0.type() }
        print(")")
        if take("u") { return }
        print(" -> ")
        type()
    }

    private mutating func dynamicBounds() {
        var count = 0
        while !hasFailed, !take("E") {
            if count > 0 { print(" + ") }
            dynamicTrait()
            count += 1
        }
    }

    /// A trait whose generic arguments and associated types share one pair of brackets.
    private mutating func dynamicTrait() {
        var isOpen = openPath()
        while !hasFailed, take("p") {
            print(isOpen ? ", " : "<")
            isOpen = true
            print(identifier() + " = ")
            type()
        }
        if isOpen { print(">") }
    }

    /// Reads a path in a type, and leaves the brackets of its generic arguments open. Returns whether there are any.
    private mutating func openPath() -> Bool {
        var isOpen = false
        if take("B") {
            backReference { isOpen = $0.openPath() }
        } else if take("I") {
            path(inType: true)
            print("<")
            list { $0.genericArgument() }
            isOpen = true
        } else {
            path(inType: true)
        }
        return isOpen
    }

    // MARK: Constants

    private mutating func constant() { nested { $0.readConstant() } }

    private mutating func readConstant() {
        let kind = next()
        switch kind {
        case UInt8(ascii: "p"): print("_")
        case UInt8(ascii: "B"): backReference { $0.constant() }
        case UInt8(ascii: "b"): digits { $0 == 0 ? "false" : $0 == 1 ? "true" : nil }
        case UInt8(ascii: "c"):
            digits { value in UInt32(exactly: value).flatMap { Unicode.Scalar($0) }.map { "'" + $0.escaped(asASCII: false) + "'" } }
        case UInt8(ascii: "a"), UInt8(ascii: "s"), UInt8(ascii: "l"), UInt8(ascii: "x"), UInt8(ascii: "n"), UInt8(ascii: "i"):
            if take("n") { print("-") }
            digits { String($0) }
        case UInt8(ascii: "h"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "y"), UInt8(ascii: "o"), UInt8(ascii: "j"): digits { String($0) }
        case UInt8(ascii: "e"):
            // A text itself, which is behind a reference.
            print("*")
            textConstant()
        case UInt8(ascii: "R"), UInt8(ascii: "Q"):
            if kind == UInt8(ascii: "R"), take("e") { return textConstant() }
            print(kind == UInt8(ascii: "R") ? "&" : "&mut ")
            constant()
        case UInt8(ascii: "A"):
            print("[")
            list { $0.constant() }
            print("]")
        case UInt8(ascii: "T"):
            print("(")
            if list({ $0.constant() }) == 1 { print(",") }
            print(")")
        case UInt8(ascii: "V"): variant()
        default: hasFailed = true
        }
    }

    private mutating func variant() {
        path(inType: false)
        switch next() {
        case UInt8(ascii: "U"): break
        case UInt8(ascii: "T"):
            print("(")
            list { $0.constant() }
            print(")")
        case UInt8(ascii: "S"):
            print(" { ")
            list {
                _ = $0.optional("s")
                $0.print($0.identifier() + ": ")
                $0.constant()
            }
            print(" }")
        default: hasFailed = true
        }
    }

    /// Hexadecimal digits up to `_`.
    private mutating func hexadecimal() -> ArraySlice<UInt8> {
        let start = at
        while !hasFailed {
            let byte = next()
            if byte == UInt8(ascii: "_") { return bytes[start..<at - 1] }
            if !(byte >= 0x30 && byte <= 0x39 || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")) { hasFailed = true }
        }
        return []
    }

    private mutating func digits(_ shown: (UInt64) -> String?) {
        let digits = String(decoding: hexadecimal(), as: UTF8.self)
        if hasFailed { return }
        guard let value = digits.isEmpty ? 0 : UInt64(digits, radix: 16) else { return print("0x" + digits) }
        guard let text = shown(value) else {
            hasFailed = true
            return
        }
        print(text)
    }

    private mutating func textConstant() {
        let digits = Array(hexadecimal())
        guard !hasFailed, digits.count % 2 == 0 else {
            hasFailed = true
            return
        }
        let value = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0 }
        print("\"" + String(decoding: value, as: UTF8.self).unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\"")
    }
}

/// RFC 3492, with `_` for the delimiter.
private func decodedPunycode(_ bytes: ArraySlice<UInt8>) -> String? {
    var scalars: [Unicode.Scalar] = []
    var rest = bytes
    if let delimiter = bytes.lastIndex(of: UInt8(ascii: "_")) {
        scalars = bytes[..<delimiter].map { Unicode.Scalar($0) }
        rest = bytes[(delimiter + 1)...]
    }
    guard !rest.isEmpty else { return nil }
    var code = 128, index = 0, bias = 72, isFirst = true
    while !rest.isEmpty {
        var increment = 0, weight = 1, position = 36
        while true {
            guard let byte = rest.popFirst() else { return nil }
            let digit: Int
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = Int(byte - UInt8(ascii: "a"))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(byte - UInt8(ascii: "0")) + 26
            default: return nil
            }
            increment += digit * weight
            let threshold = min(max(position - bias, 1), 26)
            if digit < threshold { break }
            weight *= 36 - threshold
            position += 36
            if increment > 1 << 40 || weight > 1 << 40 { return nil }
        }
        let count = scalars.count + 1
        var delta = isFirst ? increment / 700 : increment / 2
        isFirst = false
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        bias = steps + 36 * delta / (delta + 38)
        index += increment
        code += index / count
        index %= count
        guard let value = UInt32(exactly: code), let scalar = Unicode.Scalar(value) else { return nil }
        scalars.insert(scalar, at: index)
        index += 1
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
}
