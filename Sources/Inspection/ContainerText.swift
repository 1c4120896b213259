import Foundation
import PrecastArtifactFormat

extension ContainerReport {
    /// The report for people.
    public var text: String {
        var text = ""
        func line(_ label: String, _ value: String) { text += label.padding(toLength: 22, withPad: " ", startingAt: 0) + value + "\n" }
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
    public var json: String {
        var object: [String: Any] = ["file_bytes": fileSize]
        if let chosen { object["chosen"] = chosen + 1 }
        object["members"] = members.enumerated().map { index, member -> [String: Any] in
            var entry = member.artifact.jsonObject
            entry["offset"] = member.place.offset
            entry["sha256"] = member.place.digest.hex
            entry["sha256_matches"] = member.digestMatches
            entry["mismatches"] = member.mismatches.map(\.text)
            entry["chosen"] = index == chosen
            return entry
        }
        return jsonText(object)
    }
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

    public var json: String {
        var object: [String: Any] = ["loads": loads, "faults": faults.map(\.text)]
        if let chosen { object["chosen"] = chosen + 1 }
        object["members"] = members.map { target, report -> [String: Any] in
            ["target": target, "loads": report.loads, "mismatches": report.mismatches.map(\.text), "faults": report.faults.map(\.text)]
        }
        return jsonText(object)
    }
}

/// Why a member is loaded, or is not.
private func reason(_ mismatches: [Mismatch], isChosen: Bool, _ chosen: Int?) -> String {
    if !mismatches.isEmpty { return "does not load: " + mismatches.map(\.text).joined(separator: "; ") }
    if isChosen { return "loaded: of those that can be, it is for the most CPU features" }
    return "could be loaded, but member \((chosen ?? 0) + 1) is for more CPU features"
}
