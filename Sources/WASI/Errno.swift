/// Why a WASI call failed: `errno` of `wasi_snapshot_preview1`, with its numbers.
public enum Errno: UInt16, Error, Sendable {
    case success, toobig, acces, addrinuse, addrnotavail, afnosupport, again, already, badf, badmsg
    case busy, canceled, child, connaborted, connrefused, connreset, deadlk, destaddrreq, dom, dquot
    case exist, fault, fbig, hostunreach, idrm, ilseq, inprogress, intr, inval, io
    case isconn, isdir, loop, mfile, mlink, msgsize, multihop, nametoolong, netdown, netreset
    case netunreach, nfile, nobufs, nodev, noent, noexec, nolck, nolink, nomem, nomsg
    case noprotoopt, nospc, nosys, notconn, notdir, notempty, notrecoverable, notsock, notsup, notty
    case nxio, overflow, ownerdead, perm, pipe, proto, protonosupport, prototype, range, rofs
    case spipe, srch, stale, timedout, txtbsy, xdev, notcapable
}

/// The result of a system call: what it returned, or the error that a negative value stands for.
@discardableResult
func check<I: FixedWidthInteger & SignedInteger>(_ result: I) throws(Errno) -> I {
    guard result < 0 else { return result }
    throw Errno(rawValue: UInt16(truncatingIfNeeded: -result)) ?? .io
}
