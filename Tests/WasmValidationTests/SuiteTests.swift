import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import PrecastWasmValidation
import Testing

/// What the front end says of a module: nil, or the error and whether the module was malformed.
func verdict(
    _ bytes: [UInt8], features: FeatureSet = .default, limits: ImplementationLimits = .init()
) -> (message: String, isMalformed: Bool, isUnsupported: Bool)? {
    do throws(DecodeError) {
        let module = try decodeModule(bytes, features: features, limits: limits)
        do throws(ModuleError) {
            try validateBodies(module)
            return nil
        } catch {
            switch error {
            case .decode(let error): throw error
            case .validation(let error): return (error.description, error.kind == .malformed, false)
            }
        }
    } catch {
        switch error.kind {
        case .featureDisabled, .featureUnsupported: return (error.description, true, true)
        case .malformed, .limitExceeded: return (error.description, true, false)
        }
    }
}

@Suite struct SuiteTests {
    /// Every module that the official suite gives in the binary format.
    @Test(.enabled(if: suiteFolder() != nil))
    func binaryModules() throws {
        let modules = try suiteModules()
        #expect(modules.count > 500)
        var checked = 0
        for module in modules {
            let verdict = verdict(module.bytes)
            if let verdict, verdict.isUnsupported { continue }
            checked += 1
            let found = verdict?.message ?? "accepted"
            switch module.expectation {
            case .valid: #expect(verdict == nil, "\(module): \(found)")
            case .malformed(let message): #expect(verdict?.isMalformed == true && found.contains(message), "\(module): \(found)")
            case .invalid(let message): #expect(verdict?.isMalformed == false && found.contains(message), "\(module): \(found)")
            }
        }
        #expect(checked > 500)
    }

    @Test func everythingModuleIsValid() {
        #expect(verdict(everythingModule().encode())?.message == nil)
    }

    /// Error or success, but no crash: the seed is fixed.
    @Test func mutations() {
        let bytes = everythingModule().encode()
        var random = SeededGenerator(seed: 2026)
        var accepted = 0
        for _ in 0..<20_000 where verdict(mutated(bytes, &random)) == nil { accepted += 1 }
        #expect(accepted > 0 && accepted < 20_000)
    }

    @Test func truncations() {
        let bytes = everythingModule().encode()
        for count in 0..<bytes.count { _ = verdict(Array(bytes[..<count])) }
    }
}
