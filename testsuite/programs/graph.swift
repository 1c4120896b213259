// Graphs in Embedded Swift: shortest paths with a generic heap, spanning trees with union-find, strongly connected components,
// a tree of reference-counted nodes, word counts in a dictionary.

struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(((next() >> 32) &* UInt64(bound)) >> 32) }
}

struct Checksum {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ v: some BinaryInteger) {
        value = (value ^ UInt64(truncatingIfNeeded: v)) &* 0x100_0000_01b3
    }
}

struct Heap<Element: Comparable> {
    private var items: [Element] = []

    var isEmpty: Bool { items.isEmpty }

    mutating func push(_ item: Element) {
        items.append(item)
        var i = items.count - 1
        while i > 0, items[i] < items[(i - 1) / 2] {
            items.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    mutating func pop() -> Element? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var i = 0
        while true {
            var child = 2 * i + 1
            if child >= items.count { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            if !(items[child] < items[i]) { break }
            items.swapAt(i, child)
            i = child
        }
        return first
    }
}

struct Step: Comparable {
    var distance: Int32
    var vertex: Int32

    static func < (a: Step, b: Step) -> Bool {
        a.distance != b.distance ? a.distance < b.distance : a.vertex < b.vertex
    }
}

struct Edge {
    var from, to: Int32
    var weight: Int32
}

struct Graph {
    let vertexCount: Int
    private(set) var edges: [Edge] = []
    private var starts: [Int32] = []

    init(vertices: Int, edges count: Int, random: inout Random) {
        vertexCount = vertices
        var unsorted: [Edge] = []
        unsorted.reserveCapacity(count)
        for _ in 0..<count {
            let from = random.below(vertices)
            let to = random.below(4) == 0 ? random.below(vertices) : (from + random.below(50)) % vertices
            unsorted.append(Edge(from: Int32(from), to: Int32(to), weight: Int32(1 + random.below(100))))
        }
        starts = [Int32](repeating: 0, count: vertices + 1)
        for edge in unsorted { starts[Int(edge.from) + 1] += 1 }
        for v in 0..<vertices { starts[v + 1] += starts[v] }
        var next = starts
        edges = unsorted
        for edge in unsorted {
            edges[Int(next[Int(edge.from)])] = edge
            next[Int(edge.from)] += 1
        }
    }

    func outgoing(_ v: Int) -> ArraySlice<Edge> { edges[Int(starts[v])..<Int(starts[v + 1])] }

    func distances(from source: Int) -> [Int32] {
        var result = [Int32](repeating: .max, count: vertexCount)
        var heap = Heap<Step>()
        result[source] = 0
        heap.push(Step(distance: 0, vertex: Int32(source)))
        while let step = heap.pop() {
            if step.distance > result[Int(step.vertex)] { continue }
            for edge in outgoing(Int(step.vertex)) {
                let distance = step.distance + edge.weight
                if distance < result[Int(edge.to)] {
                    result[Int(edge.to)] = distance
                    heap.push(Step(distance: distance, vertex: edge.to))
                }
            }
        }
        return result
    }

    func spanningWeight() -> (weight: Int64, trees: Int) {
        var parents = Array(0..<Int32(vertexCount))
        func root(_ v: Int32) -> Int32 {
            var v = v
            while parents[Int(v)] != v {
                parents[Int(v)] = parents[Int(parents[Int(v)])]
                v = parents[Int(v)]
            }
            return v
        }
        var weight: Int64 = 0
        var trees = vertexCount
        for edge in edges.sorted(by: { ($0.weight, $0.from, $0.to) < ($1.weight, $1.from, $1.to) }) {
            let a = root(edge.from), b = root(edge.to)
            if a == b { continue }
            parents[Int(a)] = b
            weight += Int64(edge.weight)
            trees -= 1
        }
        return (weight, trees)
    }

    // Tarjan's algorithm with an explicit stack.
    func componentCount() -> Int {
        var index = [Int32](repeating: -1, count: vertexCount), low = index
        var onStack = [Bool](repeating: false, count: vertexCount)
        var stack: [Int] = [], work: [(vertex: Int, edge: Int)] = []
        var counter: Int32 = 0, components = 0
        for start in 0..<vertexCount where index[start] < 0 {
            work.append((start, 0))
            while let (v, position) = work.popLast() {
                if position == 0 {
                    index[v] = counter
                    low[v] = counter
                    counter += 1
                    stack.append(v)
                    onStack[v] = true
                }
                let out = outgoing(v)
                var descended = false
                for k in position..<out.count {
                    let w = Int(out[out.startIndex + k].to)
                    if index[w] < 0 {
                        work.append((v, k + 1))
                        work.append((w, 0))
                        descended = true
                        break
                    }
                    if onStack[w] { low[v] = min(low[v], index[w]) }
                }
                if descended { continue }
                if low[v] == index[v] {
                    components += 1
                    while let w = stack.popLast() {
                        onStack[w] = false
                        if w == v { break }
                    }
                }
                if let (parent, _) = work.last { low[parent] = min(low[parent], low[v]) }
            }
        }
        return components
    }
}

final class TreeNode {
    let key: UInt32
    let priority: UInt32
    var left: TreeNode?
    var right: TreeNode?

    init(key: UInt32, priority: UInt32) {
        self.key = key
        self.priority = priority
    }

    func depth() -> Int { 1 + max(left?.depth() ?? 0, right?.depth() ?? 0) }

    func visit(_ body: (UInt32) -> Void) {
        left?.visit(body)
        body(key)
        right?.visit(body)
    }
}

func inserted(_ node: TreeNode?, _ new: TreeNode) -> TreeNode {
    guard let node else { return new }
    if new.key < node.key {
        let child = inserted(node.left, new)
        node.left = child
        if child.priority > node.priority {
            node.left = child.right
            child.right = node
            return child
        }
    } else if new.key > node.key {
        let child = inserted(node.right, new)
        node.right = child
        if child.priority > node.priority {
            node.right = child.left
            child.left = node
            return child
        }
    }
    return node
}

func countWords(_ total: Int, random: inout Random) {
    let syllables = ["ba", "ko", "ri", "stone", "u", "mel"]
    var counts: [String: Int] = [:]
    for _ in 0..<total {
        var word = ""
        for _ in 0...random.below(3) { word += syllables[min(random.below(6), random.below(6))] }
        counts[word, default: 0] += 1
    }
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    print("words: \(counts.count)")
    for (word, count) in sorted.prefix(5) { print("  \(word) \(count)") }
}

@_cdecl("program")
public func program(_ scale: UInt32) {
    var random = Random(state: 121)
    let vertices = Int(scale) * 500
    let graph = Graph(vertices: vertices, edges: vertices * 5, random: &random)
    var checksum = Checksum()
    for k in 0..<8 {
        let distances = graph.distances(from: k * 37 % vertices)
        let reached = distances.filter { $0 != .max }
        for d in distances { checksum.add(d) }
        print("from \(k * 37 % vertices): \(reached.count) reached, farthest \(reached.max() ?? 0)")
    }
    print("distances: \(checksum.value)")
    let (weight, trees) = graph.spanningWeight()
    print("spanning: \(weight) in \(trees) trees")
    print("components: \(graph.componentCount())")
    var tree: TreeNode?
    for _ in 0..<vertices * 3 {
        tree = inserted(tree, TreeNode(key: UInt32(random.below(vertices * 4)), priority: UInt32(truncatingIfNeeded: random.next())))
    }
    var keys = Checksum(), count = 0
    tree?.visit { key in
        keys.add(key)
        count += 1
    }
    print("tree: \(count) keys, depth \(tree?.depth() ?? 0), \(keys.value)")
    countWords(vertices * 3, random: &random)
}
