import CDemangling
import Glibc

/// What a function is called in its source, if `name` is a mangled name of C++ (Itanium ABI), Rust (both manglings) or Swift; nil for any other name.
///
/// Hashes that only tell compilations apart are left out. Any text gives an answer; names of more than 8 KiB are not looked at. Complexity: linear in
/// name and result, which is bounded.
public func demangled(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    guard bytes.count <= 8192, bytes.count > 2, !bytes.contains(0) else { return nil }
    if name.hasPrefix("_R") { return demangledRust(bytes) }
    if name.hasPrefix("_ZN"), let rust = demangledLegacyRust(bytes) { return rust }
    if name.hasPrefix("_Z") { return demangledItanium(name) }
    if ["$s", "$S", "$e", "_$s", "_$S", "_$e", "_T0"].contains(where: { name.hasPrefix($0) }) { return demangledSwift(name) }
    return nil
}

/// The name in the source where it can be told, and else the name itself.
public func readableName(_ name: String) -> String { demangled(name) ?? name }

private func demangledItanium(_ name: String) -> String? {
    if let whole = taking(precast_demangle_itanium(name)) { return whole }
    // Linkers and optimizers add suffixes behind a point.
    guard let point = name.firstIndex(of: "."), let base = taking(precast_demangle_itanium(String(name[..<point]))) else { return nil }
    return base + " [clone " + name[point...] + "]"
}

private func demangledSwift(_ name: String) -> String? {
    taking(precast_demangle_swift(name, name.utf8.count)).flatMap { $0 == name ? nil : $0 }
}

/// The text of a C string that is then freed.
private func taking(_ text: UnsafeMutablePointer<CChar>?) -> String? {
    guard let text else { return nil }
    defer { free(text) }
    return String(cString: text)
}
