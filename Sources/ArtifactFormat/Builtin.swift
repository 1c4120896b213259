/// A function of the loader that compiled code calls through `vmctx.builtins`, an array of code addresses indexed by these numbers.
///
/// All are System V functions with the caller's `vmctx` first. Integers are passed as 64 bits, zero-extended; results have 64 bits.
/// One that can fail sets `pending_trap` in the store context and returns a negative number; compiled code then calls `raise(PENDING)`.
/// Numbers are part of the ABI: fixed, and never reused.
public enum Builtin: UInt32, Sendable, CaseIterable {
    /// `raise(vmctx, code)`: abandons the compiled frames with trap `code`. Never returns.
    case raise = 0
    /// `memoryGrow(vmctx, memory, deltaPages) -> previous size in pages, or -1`. A refusal is no trap.
    case memoryGrow = 1
    /// `memoryCopy(vmctx, destinationMemory, sourceMemory, destination, source, length) -> 0 or -1`
    case memoryCopy = 2
    /// `memoryFill(vmctx, memory, destination, value, length) -> 0 or -1`
    case memoryFill = 3
    /// `memoryInit(vmctx, memory, segment, destination, source, length) -> 0 or -1`
    case memoryInit = 4
    /// `dataDrop(vmctx, segment)`
    case dataDrop = 5
    /// `tableGrow(vmctx, table, initial, delta) -> previous size, or -1`. A refusal is no trap.
    case tableGrow = 6
    /// `tableCopy(vmctx, destinationTable, sourceTable, destination, source, length) -> 0 or -1`
    case tableCopy = 7
    /// `tableFill(vmctx, table, destination, value, length) -> 0 or -1`
    case tableFill = 8
    /// `tableInit(vmctx, table, segment, destination, source, length) -> 0 or -1`
    case tableInit = 9
    /// `elementDrop(vmctx, segment)`
    case elementDrop = 10

    // Rounding for CPUs without SSE4.1: `f(vmctx, x) -> rounded`, x and the result in the first float register.
    case ceilF32 = 11
    case floorF32 = 12
    case truncF32 = 13
    case nearestF32 = 14
    case ceilF64 = 15
    case floorF64 = 16
    case truncF64 = 17
    case nearestF64 = 18

    // Reserved: version 1 never calls them; their entries in the array are null.
    case outOfFuel = 19
    case newEpoch = 20

    /// `memoryNotify(vmctx, memory, address, count) -> waiters woken, or -1`
    case memoryNotify = 21
    /// `memoryWait32(vmctx, memory, address, expected, timeout) -> 0 woken, 1 not equal, 2 timed out, or -1`. Nanoseconds; negative: for ever.
    case memoryWait32 = 22
    case memoryWait64 = 23

    // Reserved as well.
    case collectorAllocate = 24
    case collectorBarrier = 25
    /// `throwException(vmctx, exception)`: goes on in the innermost handler that takes the exception. Never returns.
    case throwException = 26

    /// `typeMatches(vmctx, id, wanted) -> 1 or 0`: whether the type with canonical id `id` is `wanted` or extends it.
    case typeMatches = 27
    /// `makeException(vmctx, tag) -> exception or -1`: one of that tag, whose slots the caller fills before anything else happens.
    case makeException = 28

    /// Entries of the builtin array.
    @inlinable public static var tableCount: Int { 32 }
}
