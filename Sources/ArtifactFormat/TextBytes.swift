/// Text as its bytes. The loader reads text by these functions alone: the standard library inlines its own wherever a view is walked or cut,
/// with all that a string's indices may have been made for.
extension String {
    /// The text with these bytes; what is no UTF-8 becomes U+FFFD.
    @inline(never)
    public init(bytes: UnsafeRawBufferPointer) { self.init(decoding: bytes, as: UTF8.self) }

    public init(bytes: [UInt8]) { self = bytes.withUnsafeBytes { String(bytes: $0) } }

    /// The UTF-8 bytes. Every string of Linux has them in one piece.
    @inline(never)
    public var bytes: [UInt8] { utf8.withContiguousStorageIfAvailable { [UInt8]($0) } ?? [] }

    /// The bytes and a zero, as C takes them.
    @inline(never)
    public var zeroTerminated: [CChar] { (bytes + [0]).map { CChar(bitPattern: $0) } }

    /// Whether the bytes are the same; comparing strings as text would normalise them, and pull Unicode's tables into the loader.
    @inline(never)
    public func isSame(_ other: String) -> Bool { bytes == other.bytes }

    /// What is before and after the first `separator`; nil without one.
    @inline(never)
    public func divided(at separator: UInt8) -> (before: String, after: String)? {
        let bytes = self.bytes
        guard let place = bytes.firstIndex(of: separator) else { return nil }
        return (String(bytes: Array(bytes[..<place])), String(bytes: Array(bytes[(place + 1)...])))
    }
}
