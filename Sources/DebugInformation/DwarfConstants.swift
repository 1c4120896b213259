// Numbers of DWARF 5 (section 7) and of DWARF for WebAssembly, as far as translation looks at them.

enum Tag {
    static let arrayType: UInt16 = 0x01, formalParameter: UInt16 = 0x05, label: UInt16 = 0x0a, lexicalBlock: UInt16 = 0x0b
    static let pointerType: UInt16 = 0x0f, compileUnit: UInt16 = 0x11, inlinedSubroutine: UInt16 = 0x1d, subrangeType: UInt16 = 0x21
    static let baseType: UInt16 = 0x24, subprogram: UInt16 = 0x2e, tryBlock: UInt16 = 0x32, catchBlock: UInt16 = 0x25
    static let variable: UInt16 = 0x34, withStatement: UInt16 = 0x22
    static let callSite: UInt16 = 0x48, callSiteParameter: UInt16 = 0x49, skeletonUnit: UInt16 = 0x4a, partialUnit: UInt16 = 0x3c
    static let unspecifiedParameters: UInt16 = 0x18
    static let gnuCallSite: UInt16 = 0x4109, gnuCallSiteParameter: UInt16 = 0x410a

    /// Whether the tag is one of DWARF 5's, or of those that compilers add and debuggers know.
    static func isKnown(_ tag: UInt16) -> Bool {
        switch tag {
        case 0x01...0x05, 0x08, 0x0a, 0x0b, 0x0d, 0x0f...0x13, 0x15...0x2f, 0x30...0x3d, 0x3f...0x4b: true
        case 0x4106...0x410a, 0x4200, 0x6000: true
        default: false
        }
    }

    /// Whether entries with the tag stand for a stretch of code inside a function.
    static func isScope(_ tag: UInt16) -> Bool {
        tag == lexicalBlock || tag == inlinedSubroutine || tag == tryBlock || tag == catchBlock || tag == withStatement
    }
    /// Whether a type without a size has that of an address.
    static func isPointer(_ tag: UInt16) -> Bool { tag == pointerType || tag == 0x10 || tag == 0x42 }
    static func isData(_ tag: UInt16) -> Bool { tag == variable || tag == formalParameter }
    static func isCallSite(_ tag: UInt16) -> Bool { tag == callSite || tag == callSiteParameter || tag == gnuCallSite || tag == gnuCallSiteParameter }
}

enum AttributeName {
    static let sibling: UInt16 = 0x01, location: UInt16 = 0x02, name: UInt16 = 0x03, byteSize: UInt16 = 0x0b, statementList: UInt16 = 0x10
    static let lowPC: UInt16 = 0x11, highPC: UInt16 = 0x12, language: UInt16 = 0x13, compilationDirectory: UInt16 = 0x1b
    static let constantValue: UInt16 = 0x1c, inline: UInt16 = 0x20, producer: UInt16 = 0x25, startScope: UInt16 = 0x2c
    static let abstractOrigin: UInt16 = 0x31, artificial: UInt16 = 0x34, count: UInt16 = 0x37, dataMemberLocation: UInt16 = 0x38
    static let declarationFile: UInt16 = 0x3a, declarationLine: UInt16 = 0x3b, declaration: UInt16 = 0x3c, encoding: UInt16 = 0x3e
    static let frameBase: UInt16 = 0x40, macroInformation: UInt16 = 0x43, specification: UInt16 = 0x47, staticLink: UInt16 = 0x48
    static let type: UInt16 = 0x49, useLocation: UInt16 = 0x4a, virtuality: UInt16 = 0x4c, vtableElementLocation: UInt16 = 0x4d
    static let returnAddress: UInt16 = 0x2a, segment: UInt16 = 0x46, dataLocation: UInt16 = 0x50
    static let entryPC: UInt16 = 0x52, ranges: UInt16 = 0x55, callColumn: UInt16 = 0x57, callFile: UInt16 = 0x58, callLine: UInt16 = 0x59
    static let linkageName: UInt16 = 0x6e, mipsLinkageName: UInt16 = 0x2007
    static let stringOffsetsBase: UInt16 = 0x72, addressBase: UInt16 = 0x73, rangeListsBase: UInt16 = 0x74, dwoName: UInt16 = 0x76
    static let macros: UInt16 = 0x79, callAllCalls: UInt16 = 0x7a, callAllSourceCalls: UInt16 = 0x7b, callAllTailCalls: UInt16 = 0x7c
    static let locationListsBase: UInt16 = 0x8c, loclistsGNU: UInt16 = 0x2107
    static let gnuAllTailCallSites: UInt16 = 0x2116, gnuAllCallSites: UInt16 = 0x2117, gnuAllSourceCallSites: UInt16 = 0x2118, gnuMacros: UInt16 = 0x2119
    static let gnuDwoName: UInt16 = 0x2130, gnuDwoIdentifier: UInt16 = 0x2131, gnuRangesBase: UInt16 = 0x2132, gnuAddressBase: UInt16 = 0x2133
    static let gnuPublicNames: UInt16 = 0x2134, gnuPublicTypes: UInt16 = 0x2135, gnuLocationView: UInt16 = 0x2137, gnuEntryView: UInt16 = 0x2138

    /// Whether an attribute says something about how the guest's own sections fit together, or about its code, that is not so for native code.
    static func isDropped(_ name: UInt16) -> Bool {
        switch name {
        case sibling, macroInformation, macros, gnuMacros, stringOffsetsBase, addressBase, rangeListsBase, locationListsBase, dwoName, startScope,
            callAllCalls, callAllSourceCalls, callAllTailCalls, gnuAllTailCallSites, gnuAllCallSites, gnuAllSourceCallSites, returnAddress, segment,
            staticLink, useLocation, 0x2130...0x2138, 0x3fe1...0x3fe7:
            true
        default: false
        }
    }
    /// Whether an attribute is written by translation itself, where there is something to say.
    static func isPlace(_ name: UInt16) -> Bool {
        switch name {
        case lowPC, highPC, ranges, entryPC, location, frameBase, statementList: true
        default: false
        }
    }
}

enum Form {
    static let addr: UInt16 = 0x01, block2: UInt16 = 0x03, block4: UInt16 = 0x04, data2: UInt16 = 0x05, data4: UInt16 = 0x06, data8: UInt16 = 0x07
    static let string: UInt16 = 0x08, block: UInt16 = 0x09, block1: UInt16 = 0x0a, data1: UInt16 = 0x0b, flag: UInt16 = 0x0c, sdata: UInt16 = 0x0d
    static let strp: UInt16 = 0x0e, udata: UInt16 = 0x0f, refAddr: UInt16 = 0x10, ref1: UInt16 = 0x11, ref2: UInt16 = 0x12, ref4: UInt16 = 0x13
    static let ref8: UInt16 = 0x14, refUdata: UInt16 = 0x15, indirect: UInt16 = 0x16, secOffset: UInt16 = 0x17, exprloc: UInt16 = 0x18
    static let flagPresent: UInt16 = 0x19, strx: UInt16 = 0x1a, addrx: UInt16 = 0x1b, refSup4: UInt16 = 0x1c, strpSup: UInt16 = 0x1d
    static let data16: UInt16 = 0x1e, lineStrp: UInt16 = 0x1f, refSig8: UInt16 = 0x20, implicitConst: UInt16 = 0x21, loclistx: UInt16 = 0x22
    static let rnglistx: UInt16 = 0x23, refSup8: UInt16 = 0x24, strx1: UInt16 = 0x25, strx2: UInt16 = 0x26, strx3: UInt16 = 0x27, strx4: UInt16 = 0x28
    static let addrx1: UInt16 = 0x29, addrx2: UInt16 = 0x2a, addrx3: UInt16 = 0x2b, addrx4: UInt16 = 0x2c
}

enum LineOperation {
    static let copy: UInt8 = 1, advancePC: UInt8 = 2, advanceLine: UInt8 = 3, setFile: UInt8 = 4, setColumn: UInt8 = 5, negateStatement: UInt8 = 6
    static let setBasicBlock: UInt8 = 7, constAddPC: UInt8 = 8, fixedAdvancePC: UInt8 = 9, setPrologueEnd: UInt8 = 10, setEpilogueBegin: UInt8 = 11
    static let setISA: UInt8 = 12
    static let endSequence: UInt8 = 1, setAddress: UInt8 = 2, defineFile: UInt8 = 3, setDiscriminator: UInt8 = 4
}

enum ListEntry {
    // Range lists.
    static let end: UInt8 = 0, baseAddressX: UInt8 = 1, startXEndX: UInt8 = 2, startXLength: UInt8 = 3, offsetPair: UInt8 = 4
    static let baseAddress: UInt8 = 5, startEnd: UInt8 = 6, startLength: UInt8 = 7
    // Location lists have a default entry in between.
    static let defaultLocation: UInt8 = 5, locationBaseAddress: UInt8 = 6, locationStartEnd: UInt8 = 7, locationStartLength: UInt8 = 8
}
