import CElf
import Glibc
import PrecastArtifactFormat

/// Writes sections and segments as an ELF64 `ET_DYN` file through libelf. Every offset is the caller's: file offsets equal addresses in the loaded part.
struct ElfWriter {
    struct Section {
        var name: String
        var type: UInt32
        var flags: UInt64 = 0
        /// 0 for sections that are not loaded.
        var address: UInt64 = 0
        var fileOffset: UInt64
        var bytes: [UInt8]
        /// Of a section without bytes in the file: how many it has in memory.
        var memorySize: UInt64?
        var alignment: UInt64 = 1
        var entrySize: UInt64 = 0
        /// Section numbers; the null section is 0.
        var link: UInt32 = 0
        var info: UInt32 = 0

        var end: UInt64 { fileOffset + UInt64(bytes.count) }
        var isLoaded: Bool { flags & UInt64(SHF_ALLOC) != 0 }
    }

    var machine: Machine
    /// In file order, without the null section and `.shstrtab`.
    var sections: [Section] = []
    var segments: [ELFSegment] = []

    /// The file's bytes.
    func write() throws(EmissionError) -> [UInt8] {
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { throw Self.failure("elf_version") }
        let file = celf_memory_file()
        guard file >= 0 else { throw .elf("no memory file: error \(errno)") }
        defer { close(file) }
        try writeELF(to: file)
        return try Self.contents(of: file)
    }

    private func writeELF(to file: Int32) throws(EmissionError) {
        guard let elf = elf_begin(file, ELF_C_WRITE, nil) else { throw Self.failure("elf_begin") }
        defer { elf_end(elf) }
        _ = elf_flagelf(elf, ELF_C_SET, UInt32(ELF_F_LAYOUT))
        guard let header = elf64_newehdr(elf) else { throw Self.failure("elf64_newehdr") }
        header.pointee.e_ident.5 = UInt8(ELFDATA2LSB)
        header.pointee.e_type = Elf64_Half(ET_DYN)
        header.pointee.e_machine = machine.elfMachine
        header.pointee.e_version = Elf64_Word(EV_CURRENT)
        // RISC-V: double-float ABI and compressed instructions.
        header.pointee.e_flags = machine == .riscv64 ? 5 : 0
        header.pointee.e_phoff = UInt64(ArtifactHeader.elfHeaderSize)
        try addSegments(elf)

        var names: [UInt8] = [0]
        var end: UInt64 = 0
        // libelf keeps pointers to the bytes until it writes: they are copied to memory that stays.
        var buffers: [UnsafeMutableRawPointer] = []
        defer { for buffer in buffers { buffer.deallocate() } }
        for section in sections {
            let buffer = Self.copy(section.bytes)
            buffers.append(buffer)
            _ = try Self.add(section, nameOffset: Self.append(section.name, to: &names), buffer, to: elf)
            end = max(end, section.end)
        }
        let nameOffset = Self.append(".shstrtab", to: &names)
        let buffer = Self.copy(names)
        buffers.append(buffer)
        let table = Section(name: ".shstrtab", type: UInt32(SHT_STRTAB), fileOffset: end, bytes: names)
        header.pointee.e_shstrndx = UInt16(try Self.add(table, nameOffset: nameOffset, buffer, to: elf))
        header.pointee.e_shoff = (table.end + 7) & ~7
        guard elf_update(elf, ELF_C_WRITE) >= 0 else { throw Self.failure("elf_update") }
    }

    private func addSegments(_ elf: OpaquePointer) throws(EmissionError) {
        guard let headers = elf64_newphdr(elf, segments.count) else { throw Self.failure("elf64_newphdr") }
        for (i, segment) in segments.enumerated() {
            headers[i] = Elf64_Phdr(
                p_type: segment.type, p_flags: segment.flags, p_offset: segment.fileOffset, p_vaddr: segment.address, p_paddr: segment.address,
                p_filesz: segment.fileSize, p_memsz: segment.memorySize, p_align: segment.alignment)
        }
    }

    private static func add(_ section: Section, nameOffset: UInt32, _ buffer: UnsafeMutableRawPointer, to elf: OpaquePointer) throws(EmissionError) -> Int {
        guard let handle = elf_newscn(elf), let data = elf_newdata(handle), let header = elf64_getshdr(handle) else { throw failure("elf_newscn") }
        data.pointee.d_buf = buffer
        data.pointee.d_size = section.bytes.count
        data.pointee.d_type = ELF_T_BYTE
        data.pointee.d_align = Int(section.alignment)
        data.pointee.d_off = 0
        data.pointee.d_version = UInt32(EV_CURRENT)
        header.pointee.sh_name = nameOffset
        header.pointee.sh_type = section.type
        header.pointee.sh_flags = section.flags
        header.pointee.sh_addr = section.address
        header.pointee.sh_offset = section.fileOffset
        header.pointee.sh_size = section.memorySize ?? UInt64(section.bytes.count)
        header.pointee.sh_addralign = section.alignment
        header.pointee.sh_entsize = section.entrySize
        header.pointee.sh_link = section.link
        header.pointee.sh_info = section.info
        return elf_ndxscn(handle)
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        bytes.withUnsafeBytes { if let base = $0.baseAddress { buffer.copyMemory(from: base, byteCount: $0.count) } }
        return buffer
    }

    private static func append(_ name: String, to names: inout [UInt8]) -> UInt32 {
        let offset = UInt32(names.count)
        names += Array(name.utf8)
        names.append(0)
        return offset
    }

    private static func contents(of file: Int32) throws(EmissionError) -> [UInt8] {
        let size = lseek(file, 0, SEEK_END)
        guard size > 0 else { throw .elf("no file size: error \(errno)") }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let got = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress?.advanced(by: done), size - done, off_t(done)) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .elf("cannot read the file back: error \(errno)") }
            done += got
        }
        return bytes
    }

    private static func failure(_ call: String) -> EmissionError {
        .elf("\(call): \(elf_errmsg(-1).map { String(cString: $0) } ?? "unknown error")")
    }
}
