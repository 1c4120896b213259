/// What a ``GuestProfiler`` saw: samples, each the stack of a thread while it ran a guest.
public struct GuestProfile: Sendable {
    /// A place in a function.
    public struct Frame: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case guest
            /// Compiled into its caller, the next frame.
            case inlined
            /// A host function, or a builtin of the loader.
            case host
            /// In place of outer frames that were not kept.
            case cut
        }
        public var kind: Kind
        /// As the module has it; unescaped.
        public var name: String
        public var functionIndex: UInt32?
        /// Offset in the module's binary.
        public var wasmOffset: UInt32?
        public var file: String?
        /// From 1 on, as the column.
        public var line: UInt32?
        public var column: UInt32?

        public init(kind: Kind, name: String, functionIndex: UInt32? = nil, wasmOffset: UInt32? = nil, file: String? = nil, line: UInt32? = nil, column: UInt32? = nil) {
            self.kind = kind
            self.name = name
            self.functionIndex = functionIndex
            self.wasmOffset = wasmOffset
            self.file = file
            self.line = line
            self.column = column
        }
    }

    /// A frame under another one: a stack is a node and those above it.
    public struct Node: Hashable, Sendable {
        /// A node before this one; nil: the outermost frame.
        public var parent: Int?
        /// Row of ``frames``.
        public var frame: Int
    }

    public struct Sample: Sendable {
        /// Row of ``threads``.
        public var thread: Int
        /// Nanoseconds since the start.
        public var time: UInt64
        /// Nanoseconds of CPU time since the thread's sample before.
        public var cpu: UInt64
        /// Row of ``nodes``: the innermost frame; nil: nothing is known of the stack.
        public var node: Int?
    }

    public struct Thread: Hashable, Sendable {
        /// The kernel's number.
        public var number: UInt64
        public var isMain: Bool
    }

    public internal(set) var frames: [Frame] = []
    public internal(set) var nodes: [Node] = []
    /// In the order of their ends' reading; those of a thread in the order of their times.
    public internal(set) var samples: [Sample] = []
    public internal(set) var threads: [Thread] = []
    /// Samples for which there was no room.
    public internal(set) var lostCount: UInt64 = 0
    /// Nanoseconds between samples, as asked for.
    public internal(set) var interval: UInt64
    /// Milliseconds since 1970.
    public internal(set) var startTime: Double
    /// Nanoseconds from start to stop.
    public internal(set) var duration: UInt64 = 0

    private var nodeNumbers: [Node: Int] = [:]
    private var frameNumbers: [Frame: Int] = [:]

    init(interval: UInt64, startTime: Double) {
        self.interval = interval
        self.startTime = startTime
    }

    /// CPU time of all samples, in nanoseconds.
    public var cpuTime: UInt64 { samples.reduce(0) { $0 &+ $1.cpu } }

    mutating func number(of frame: Frame) -> Int {
        if let number = frameNumbers[frame] { return number }
        frameNumbers[frame] = frames.count
        frames.append(frame)
        return frames.count - 1
    }

    /// The node of a stack, outermost frame first.
    mutating func node(of stack: some Sequence<Int>) -> Int? {
        var parent: Int?
        for frame in stack {
            let node = Node(parent: parent, frame: frame)
            if let number = nodeNumbers[node] {
                parent = number
            } else {
                nodeNumbers[node] = nodes.count
                parent = nodes.count
                nodes.append(node)
            }
        }
        return parent
    }

    mutating func thread(_ number: UInt64, isMain: Bool) -> Int {
        if let index = threads.firstIndex(where: { $0.number == number }) { return index }
        threads.append(Thread(number: number, isMain: isMain))
        return threads.count - 1
    }

    /// The same profile with each frame replaced by what `replacement` makes of it: more than one where functions were inlined by the guest's own
    /// compiler, innermost first. What comes out empty stays as it was.
    public func replacingFrames(_ replacement: (Frame) -> [Frame]) -> GuestProfile {
        var result = GuestProfile(interval: interval, startTime: startTime)
        (result.threads, result.lostCount, result.duration) = (threads, lostCount, duration)
        let replaced = frames.map { frame in
            let new = replacement(frame)
            return (new.isEmpty ? [frame] : new.reversed()).map { result.number(of: $0) }
        }
        var renumbered: [Int] = []
        renumbered.reserveCapacity(nodes.count)
        for node in nodes {
            var parent = node.parent.map { renumbered[$0] }
            for frame in replaced[node.frame] { parent = result.child(of: parent, frame) }
            renumbered.append(parent ?? 0)
        }
        result.samples = samples.map { sample in
            var sample = sample
            sample.node = sample.node.map { renumbered[$0] }
            return sample
        }
        return result
    }

    private mutating func child(of parent: Int?, _ frame: Int) -> Int {
        let node = Node(parent: parent, frame: frame)
        if let number = nodeNumbers[node] { return number }
        nodeNumbers[node] = nodes.count
        nodes.append(node)
        return nodes.count - 1
    }
}
