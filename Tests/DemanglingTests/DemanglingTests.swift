import PrecastDemangling
import Testing

@Suite struct DemanglingTests {
    @Test(arguments: [
        // C++.
        ("_ZN3foo3barEi", "foo::bar(int)"),
        ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)"),
        ("_Z3addii.cold.1", "add(int, int) [clone .cold.1]"),
        // Rust's older mangling.
        ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"),
        ("_ZN78_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..iter..FromIterator$LT$T$GT$$GT$9from_iter17h0011223344556677E",
         "<alloc::vec::Vec<T> as core::iter::FromIterator<T>>::from_iter"),
        ("_ZN4main4main28_$u7b$$u7b$closure$u7d$$u7d$17haaaaaaaaaaaaaaaaE.llvm.77", "main::main::{{closure}}"),
        // Rust's "v0".
        ("_RNvC6_123foo3bar", "123foo::bar"),
        ("_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
         "<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::<core::slice::memchr::memrchr::{closure#1}>::{closure#0}"),
        ("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "utf8_idents::საჭმელად_გემრიელი_სადილი"),
        ("_RMC0INtC8arrayvec8ArrayVechKj7b_E", "<arrayvec::ArrayVec<u8, 123>>"),
        ("_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E", "<const_generic::Unsigned<11>>"),
        ("_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKsn98_E", "<const_generic::Signed<-152>>"),
        ("_RMCs4fqI2P2rA04_13const_genericINtB0_4BoolKb1_E", "<const_generic::Bool<true>>"),
        ("_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKc76_E", "<const_generic::Char<'v'>>"),
        ("_RNvMC0TTEE3foo", "<((),)>::foo"),
        ("_RNvMC0Qh3foo", "<&mut u8>::foo"),
        ("_RNvMC0FUKCmEu3foo", #"<unsafe extern "C" fn(u32)>::foo"#),
        ("_RNvMC0FG_RL0_hRL0_tEu3foo", "<for<'a> fn(&'a u8, &'a u16)>::foo"),
        ("_RNvMC0DNtC1a1TINtC1b1UhEp1AtEL_3foo", "<dyn a::T + b::U<u8, A = u16>>::foo"),
        // Swift.
        ("$s4main3addyS2i_SitF", "main.add(Swift.Int, Swift.Int) -> Swift.Int"),
    ]) func names(mangled: String, expected: String) { #expect(demangled(mangled) == expected) }

    @Test func otherNamesStay() {
        for name in ["main", "_start", "__original_main", "_Zfoo", "$", "$sfoo bar", "_R", "_RNvC", "", "R", "_ZN", "foo(int)", "a::b"] {
            #expect(demangled(name) == nil, "\(name)")
            #expect(readableName(name) == name)
        }
    }

    /// Cut, changed and self-referential names give an answer, in bounded time and memory.
    @Test func brokenNames() {
        let names = [
            "_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
            "_RNvMC0DNtC1a1TINtC1b1UhEp1AtEL_3foo", "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
            "_ZN78_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..iter..FromIterator$LT$T$GT$$GT$9from_iter17h0011223344556677E",
        ]
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for name in names {
            for length in 0..<name.utf8.count { _ = demangled(String(decoding: Array(name.utf8.prefix(length)), as: UTF8.self)) }
            for _ in 0..<2000 {
                var bytes = Array(name.utf8)
                for _ in 0...random(3) { bytes[2 + random(bytes.count - 2)] = UInt8(33 + random(94)) }
                _ = demangled(String(decoding: bytes, as: UTF8.self))
            }
        }
        // Each pair refers back twice: the text would have 2^60 parts.
        var doubling = "_RIC0Th"
        for index in 0..<60 { doubling += "TB\(index)_B\(index)_" }
        #expect((demangled(doubling) ?? "").utf8.count <= 1 << 16)
        #expect(demangled("_R" + String(repeating: "NvM", count: 2000)) == nil)
        #expect(demangled("_RC9999999999999999999999a") == nil)
        #expect(demangled("_RNvMC0FGzzzzzzzzzz_hEu3foo") == nil)
    }
}
