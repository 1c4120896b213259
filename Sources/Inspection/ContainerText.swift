import PrecastArtifactFormat

extension ContainerReport {
    /// The report for people.
    public var text: String {
        var text = ""
        func line(_ label: String, _ value: String) { text += column(label, 22) + value + "\n" }
        line("container", "\(members.count) artifacts, \(fileSize) bytes")
        line("for this host", chosen.map { "member \($0 + 1)" } ?? "none")
        for (index, member) in members.enumerated() {
            line("member \(index + 1)", targetText(member.artifact.stamp))
            line("  place", "\(member.place.byteCount) bytes at \(member.place.offset)")
            line("  sha256", member.place.digest.hex + (member.digestMatches ? "" : "  DOES NOT MATCH"))
            line("  on this host", reason(member.mismatches, isChosen: index == chosen, chosen))
        }
        return text + "(--target shows one of them, `precast extract` takes it out)\n"
    }

    /// The report as one JSON object with sorted keys: all that is known of each member.
    public var json: String { jsonText(ContainerSummary(self)) }
}

extension ContainerCheckReport {
    public var text: String {
        var text = loads ? "loads" : "does not load"
        if let chosen { text += ": member \(chosen + 1) of \(members.count), for \(members[chosen].target)" }
        text += "\n" + faults.map { "  " + $0.text + "\n" }.joined()
        for (index, member) in members.enumerated() {
            text += "  \(index + 1) \(member.target): \(reason(member.report.mismatches, isChosen: index == chosen, chosen))\n"
            text += member.report.faults.map { "    " + $0.text + "\n" }.joined()
        }
        return text
    }

    public var json: String { jsonText(ContainerCheckSummary(self)) }
}

/// Why a member is loaded, or is not.
private func reason(_ mismatches: [Mismatch], isChosen: Bool, _ chosen: Int?) -> String {
    if !mismatches.isEmpty { return "does not load: " + mismatches.map(\.text).joined(separator: "; ") }
    if isChosen { return "loaded: of those that can be, it is for the most CPU features" }
    return "could be loaded, but member \((chosen ?? 0) + 1) is for more CPU features"
}
