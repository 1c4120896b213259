import CHostCPU
import PrecastArtifactFormat
import PrecastISAX86_64

/// Features of the processor this runs on that code may use unasked. (Pointer authentication and its like are asked for by name.)
func nativeFeatures() -> PrecastArtifactFormat.CPUFeatures {
    typealias Features = PrecastArtifactFormat.CPUFeatures
    return switch Machine.host {
    case .x86_64: Features(bits: PrecastISAX86_64.CPUFeatures.native.bits)
    case .aarch64: Features(hwcap: precast_host_hwcap(0), hwcap2: precast_host_hwcap(1)).subtracting(Features(.pauth, .bti, .mte))
    default: Features()
    }
}
