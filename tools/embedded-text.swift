// Part of every module of the static loader (tools/build-loader): operations on text as calls. The standard library's are inlined wherever
// they are used, which would make messages a fifth of the loader's code. Each takes the place of the one with the same signature.

extension DefaultStringInterpolation {
    @inline(never)
    mutating func appendLiteral(_ literal: String) { write(literal) }
    @inline(never)
    mutating func appendInterpolation(_ text: String) { write(text) }
    @inline(never)
    mutating func appendInterpolation(_ number: UInt64) { write(number.description) }
    @inline(never)
    mutating func appendInterpolation(_ number: Int64) { write(number.description) }
    mutating func appendInterpolation<Number: UnsignedInteger>(_ number: Number) { appendInterpolation(UInt64(truncatingIfNeeded: number)) }
    mutating func appendInterpolation<Number: SignedInteger>(_ number: Number) { appendInterpolation(Int64(truncatingIfNeeded: number)) }
}

extension String {
    @inline(never)
    static func += (text: inout String, more: String) { text.append(more) }
    @inline(never)
    static func + (text: String, more: String) -> String {
        var text = text
        text.append(more)
        return text
    }
}

extension Array where Element == UInt8 {
    @inline(never)
    mutating func append(_ byte: UInt8) { append(contentsOf: CollectionOfOne(byte)) }
}
