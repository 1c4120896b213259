import Foundation
import PrecastWasmTestSupport
import PrecastWasmText
import Testing

/// The official test suite, where there is one: what its scripts say of texts, and the round trip of every module.
@Suite(.enabled(if: suiteFolder() != nil)) struct SuiteTests {
    static let files: [String] = {
        guard let folder = suiteFolder() else { return [] }
        let folders = ["", "/custom", "/proposals/threads", "/proposals/wide-arithmetic", "/proposals/custom-page-sizes"].map { folder + $0 }
        return folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".wast") }.sorted().map { folder + "/" + $0 }
        }
    }()

    @Test func `modules parse, malformed texts do not, and printing loses nothing`() throws {
        for file in Self.files {
            let script = try parseScript([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
            for command in script.commands {
                let place: Comment = "\(file):\(command.line)"
                switch command.kind {
                case .unreadable(let error): Issue.record("\(place): \(error)")
                case .module(let module), .assertTrappingModule(let module, _), .assertUnlinkable(let module, _), .assertInvalid(let module, _):
                    let binary: [UInt8]
                    do { binary = try module.encode() } catch {
                        Issue.record("\(place): \(error)")
                        continue
                    }
                    if case .binary = module.source { continue }
                    checkRoundTrip(binary, place)
                case .assertMalformed(let module, let message), .assertMalformedCustom(let module, let message):
                    guard case .quote = module.source else { continue }
                    checkRefusal(module, message, place)
                default: break
                }
            }
        }
    }

    private func checkRefusal(_ module: ScriptModule, _ message: String, _ place: Comment) {
        do throws(TextError) {
            _ = try module.encode()
            // Limits have 64 bits in WebAssembly 3.0; the threads proposal's scripts are older.
            if message != "i32 constant out of range" { Issue.record("\(place): accepted, expected \(message)") }
        } catch {
            #expect(error.message.hasPrefix(message), place)
        }
    }

    private func checkRoundTrip(_ binary: [UInt8], _ place: Comment) {
        for isFolded in [false, true] {
            do {
                let printed = try printModule(binary, PrintOptions(isFolded: isFolded))
                if try parseText(printed) != binary { Issue.record("\(place): the round trip changes the module") }
            } catch {
                Issue.record("\(place): \(error)")
            }
        }
    }
}
