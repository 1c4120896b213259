import PrecastArtifactFormat

/// Decides which data segments become page-aligned images of linear memories, to be mapped copy on write.
///
/// Segments are applied in order, and one that does not fit stops instantiation after those before it. So an image takes a prefix of the active segments:
/// up to the first whose place is not a constant, whose memory is imported, or that does not fit the memory's initial size. A memory whose data would be too thin in
/// its image, or too little to be worth mapping, keeps plain segments; so do all segments after its first one.
struct MemoryImages {
    struct Image {
        /// Where in the region its bytes start.
        var regionOffset = 0
        /// Where in the memory.
        var memoryOffset: UInt64
        var byteCount: UInt64
    }
    /// By number of the defined memory.
    private(set) var images: [Image?]
    /// By number of the data segment.
    private(set) var isInImage: [Bool]
    /// The images one after the other, each page-aligned and padded with zeros to whole pages.
    private(set) var bytes: [UInt8] = []

    /// Data below this many bytes is copied faster than a mapping is made.
    static let minimumData: UInt64 = 4096
    /// An image may be this many times larger than the data in it.
    static let maximumSpread: UInt64 = 2

    init(_ metadata: ModuleMetadata, importedMemories: Int, pageSize: UInt64) {
        images = Array(repeating: nil, count: metadata.memories.count)
        isInImage = Array(repeating: false, count: metadata.dataSegments.count)
        var excluded = [Bool](repeating: false, count: metadata.memories.count)
        // Leaving a memory out may cut the prefix short for others; each round leaves out at least one more.
        while true {
            let plan = Plan(metadata, importedMemories: importedMemories, excluded: excluded, pageSize: pageSize)
            let thin = plan.images.indices.filter { number in plan.images[number].map { !Self.pays($0, data: plan.dataBytes[number]) } ?? false }
            if thin.isEmpty {
                fill(plan, metadata, importedMemories: importedMemories)
                return
            }
            for number in thin { excluded[number] = true }
        }
    }

    private static func pays(_ image: Image, data: UInt64) -> Bool {
        data >= minimumData && image.byteCount / maximumSpread <= data
    }

    private mutating func fill(_ plan: Plan, _ metadata: ModuleMetadata, importedMemories: Int) {
        images = plan.images
        for number in images.indices where images[number] != nil {
            images[number]?.regionOffset = bytes.count
            bytes += repeatElement(0, count: Int(images[number]?.byteCount ?? 0))
        }
        for (number, place) in plan.places.enumerated() {
            guard let place else { continue }
            let segment = metadata.dataSegments[number]
            guard let image = images[Int(segment.memory) - importedMemories] else { continue }
            isInImage[number] = true
            let start = image.regionOffset + Int(place - image.memoryOffset)
            bytes.replaceSubrange(start..<start + segment.bytes.count, with: segment.bytes)
        }
    }

    /// The prefix of segments with constant places, and the pages they touch.
    private struct Plan {
        var images: [Image?]
        var dataBytes: [UInt64]
        /// Where each data segment goes, for those in the prefix.
        var places: [UInt64?]

        init(_ metadata: ModuleMetadata, importedMemories: Int, excluded: [Bool], pageSize: UInt64) {
            images = Array(repeating: nil, count: metadata.memories.count)
            dataBytes = Array(repeating: 0, count: metadata.memories.count)
            places = Array(repeating: nil, count: metadata.dataSegments.count)
            for (index, segment) in metadata.dataSegments.enumerated() where segment.mode == .active {
                let number = Int(segment.memory) - importedMemories
                guard metadata.memories.indices.contains(number), !excluded[number],
                      let place = Self.fittingPlace(of: segment, in: metadata.memories[number].type, pageSize: pageSize)
                else { return }
                places[index] = place
                let count = UInt64(segment.bytes.count)
                if count == 0 { continue }
                dataBytes[number] += count
                let first = place & ~(pageSize - 1), end = (place + count + pageSize - 1) & ~(pageSize - 1)
                if let known = images[number] {
                    let low = min(first, known.memoryOffset), high = max(end, known.memoryOffset + known.byteCount)
                    images[number] = Image(memoryOffset: low, byteCount: high - low)
                } else {
                    images[number] = Image(memoryOffset: first, byteCount: end - first)
                }
            }
        }

        /// Where `segment` goes, when that is known and inside the memory's initial size. Memories smaller than the host's pages are left alone.
        static func fittingPlace(of segment: ModuleMetadata.DataSegment, in type: ExternType, pageSize: UInt64) -> UInt64? {
            guard segment.offset.count == 1, type.pageSizeLog2 == 16, !type.isShared else { return nil }
            let place: UInt64
            switch segment.offset[0].opcode {
            case .i32Constant: place = UInt64(UInt32(truncatingIfNeeded: segment.offset[0].low))
            case .i64Constant: place = segment.offset[0].low
            default: return nil
            }
            let (size, overflow) = type.minimum.multipliedReportingOverflow(by: 65536)
            guard !overflow, place <= size, UInt64(segment.bytes.count) <= size - place else { return nil }
            return place
        }
    }
}
