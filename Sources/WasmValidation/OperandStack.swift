public import PrecastWasmTypes

/// A growable stack of trivial values in memory of its own: no uniqueness checks, no retains.
@usableFromInline struct PointerStack<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>
    @usableFromInline var count = 0
    @usableFromInline var capacity: Int

    init(capacity: Int) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    @inlinable deinit { base.deallocate() }

    /// - Precondition: `position` is within the stack.
    @inlinable subscript(position: Int) -> Element {
        get {
            assert(position >= 0 && position < count)
            return base[position]
        }
        set {
            assert(position >= 0 && position < count)
            base[position] = newValue
        }
    }

    @inline(__always)
    mutating func push(_ element: Element) {
        if count == capacity { grow() }
        base[count] = element
        count &+= 1
    }

    /// Removes and returns the top. - Precondition: the stack is not empty.
    @inline(__always)
    mutating func pop() -> Element {
        assert(count > 0)
        count &-= 1
        return base[count]
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}

/// The types of the operands at the current point. WebAssembly core specification, appendix 7.3.
@usableFromInline typealias OperandStack = PointerStack<ValueType>
