import FoundationEssentials
import Glibc
import PrecastCompiler
import PrecastGuestRunner
import PrecastSymbolication
import PrecastWasmText

extension Compiler {
    /// This compiler for a module whose text becomes its source: the text is written to `path`, and debug information refers to it.
    ///
    /// - Parameter bytes: becomes the binary format.
    func withText(of bytes: inout [UInt8], from input: String, to path: String) throws -> Compiler {
        do throws(CompileFailure) { bytes = try binaryModule(bytes, from: input) } catch { throw CommandFailure(error.message) }
        let printed: (text: [UInt8], functions: [PrintedFunction])
        do throws(PrintError) {
            printed = try printModuleWithLines(bytes)
        } catch {
            throw CommandFailure("\(inputName(input)): \(error)")
        }
        try writeOutput(printed.text, to: path)
        var configuration = configuration
        configuration.debugInformation = true
        configuration.debugOptions.listing = TextListing(
            path: Array(path.utf8), directory: Array(FileManager.default.currentDirectoryPath.utf8), functions: printed.functions.map(listed))
        return try replacing(configuration)
    }

    private func listed(_ function: PrintedFunction) -> TextListing.Function {
        TextListing.Function(
            name: function.name ?? Array("function[\(function.index)]".utf8), line: function.line, body: function.body, parameterCount: function.parameterCount,
            locals: function.locals.enumerated().map { index, local in
                let type: TextListing.LocalType = switch local.type.kind {
                case .i32: .i32
                case .i64: .i64
                case .f32: .f32
                case .f64: .f64
                case .v128: .v128
                case .reference, .bottom: .reference
                }
                return (local.name ?? Array("local\(index)".utf8), type)
            },
            rows: function.operators.map { TextListing.Row(offset: $0.offset, line: $0.line) })
    }

    /// This compiler for a module that may have its debug information in another file, beside it.
    func withExternalDebugInformation(of bytes: [UInt8], at input: String) -> Compiler {
        guard configuration.debugInformation, configuration.debugOptions.debugModule == nil, input != "-", let name = externalDebugInformation(bytes) else {
            return self
        }
        // A module names files beside itself only.
        guard !name.hasPrefix("/"), !name.contains(":"), !name.split(separator: "/").contains("..") else {
            writeText("warning: debug information: the module has it at \(printable(name)): name the file with --debug-wasm\n", to: STDERR_FILENO)
            return self
        }
        let folder = input.lastIndex(of: "/").map { String(input[...$0]) } ?? ""
        do throws(InputError) {
            var configuration = configuration
            configuration.debugOptions.debugModule = try readInput(folder + name)
            return (try? replacing(configuration)) ?? self
        } catch {
            writeText("warning: debug information: \(error.failure(folder + name))\n", to: STDERR_FILENO)
            return self
        }
    }

    private func replacing(_ configuration: CompilerConfiguration) throws -> Compiler {
        var compiler = try Compiler(configuration)
        (compiler.dump, compiler.progress, compiler.warning) = (dump, progress, warning)
        return compiler
    }
}
