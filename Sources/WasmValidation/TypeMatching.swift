internal import PrecastWasmTypes

extension ValueType {
    /// Whether a value of this type may stand where `expected` is asked for.
    ///
    /// Subtyping in WebAssembly 2.0 is equality, and the bottom type matches all; a non-null reference also
    /// matches the nullable one of its heap type. WebAssembly core specification, section 3.3.
    @inline(__always)
    func matches(_ expected: ValueType) -> Bool { self == expected || isBottom || isNonNullForm(of: expected) }

    @inline(never)
    private func isNonNullForm(of expected: ValueType) -> Bool {
        guard let type = referenceType, let other = expected.referenceType else { return expected.isBottom }
        return type.heapType == other.heapType && other.isNullable
    }
}

extension ReferenceType {
    func matches(_ expected: ReferenceType) -> Bool { ValueType.reference(self).matches(.reference(expected)) }
}
