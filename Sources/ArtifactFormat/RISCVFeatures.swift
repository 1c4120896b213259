/// Features of 64-bit RISC-V beyond RV64GC.
public enum RISCVFeature: UInt8, Sendable, CaseIterable {
    case zba = 0, zbb, zbc, zbs, zbkb, zicond, zfa, zfh, zcb, zacas, zawrs, v
    public var name: String {
        switch self {
        case .zba: "zba"
        case .zbb: "zbb"
        case .zbc: "zbc"
        case .zbs: "zbs"
        case .zbkb: "zbkb"
        case .zicond: "zicond"
        case .zfa: "zfa"
        case .zfh: "zfh"
        case .zcb: "zcb"
        case .zacas: "zacas"
        case .zawrs: "zawrs"
        case .v: "v"
        }
    }
}
