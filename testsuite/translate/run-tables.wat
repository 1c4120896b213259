;; Calls through tables that are known and tables that are not; tables of references.
(module
  (type $i (func (param i32) (result i32)))
  (type $l (func (param i64) (result i64)))
  (table $known 5 5 funcref)
  (table $open (export "t") 4 6 funcref)
  (table $extern 2 externref)
  (elem (table $known) (i32.const 1) func $double $square $long)
  (elem (table $open) (i32.const 0) func $double $long)
  (elem $passive func $square $long)
  (func $double (type $i)
    local.get 0
    i32.const 2
    i32.mul)
  (func $square (type $i)
    local.get 0
    local.get 0
    i32.mul)
  (func $long (type $l)
    local.get 0
    i64.const -1
    i64.xor)
  (func (export "known") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    call_indirect $known (type $i))
  (func (export "known-tail") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    return_call_indirect $known (type $i))
  (func (export "known-long") (param i32 i64) (result i64)
    local.get 1
    local.get 0
    call_indirect $known (type $l))
  (func (export "open") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    call_indirect $open (type $i))
  (func (export "open-tail") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    return_call_indirect $open (type $i))
  (func (export "put") (param i32)
    local.get 0
    ref.func $square
    table.set $open)
  (func (export "is-null") (param i32) (result i32)
    local.get 0
    table.get $open
    ref.is_null)
  (func (export "grow") (param i32) (result i32)
    ref.func $square
    local.get 0
    table.grow $open)
  (func (export "size") (result i32)
    table.size $open
    i32.const 100
    i32.mul
    table.size $known
    i32.add)
  (func (export "fill") (param i32 i32)
    local.get 0
    ref.null func
    local.get 1
    table.fill $open)
  (func (export "init") (param i32 i32 i32)
    local.get 0
    local.get 1
    local.get 2
    table.init $open $passive)
  (func (export "copy") (param i32 i32 i32)
    local.get 0
    local.get 1
    local.get 2
    table.copy $open $open)
  (func (export "drop")
    elem.drop $passive)
  (func (export "extern") (param i32 externref) (result externref)
    local.get 0
    local.get 1
    table.set $extern
    local.get 0
    table.get $extern))
;; run: known(1, 21) = 42
;; run: known(2, 5) = 25
;; run: known-tail(2, 6) = 36
;; run: known(3, 5) trap 6
;; run: known(0, 5) trap 5
;; run: known(4, 5) trap 5
;; run: known(5, 5) trap 4
;; run: known(-1, 5) trap 4
;; run: known-long(3, 5) = 0xfffffffffffffffa
;; run: known-long(2, 5) trap 6
;; run: open(0, 4) = 8
;; run: open-tail(0, 5) = 10
;; run: open(1, 4) trap 6
;; run: open(2, 4) trap 5
;; run: open-tail(2, 4) trap 5
;; run: open(4, 4) trap 4
;; run: open(-1, 4) trap 4
;; run: is-null(2) = 1
;; run: put(2) =
;; run: is-null(2) = 0
;; run: open(2, 7) = 49
;; run: put(4) trap 3
;; run: is-null(4) trap 3
;; run: size() = 405
;; run: grow(2) = 4
;; run: grow(1) = 0xffffffff
;; run: size() = 605
;; run: open(5, 8) = 64
;; run: fill(4, 2) =
;; run: fill(5, 2) trap 3
;; run: open(5, 8) trap 5
;; run: init(3, 0, 2) =
;; run: open(3, 9) = 81
;; run: open(4, 9) trap 6
;; run: init(3, 1, 2) trap 3
;; run: copy(0, 3, 1) =
;; run: open(0, 9) = 81
;; run: copy(5, 3, 2) trap 3
;; run: drop() =
;; run: init(0, 0, 1) trap 3
;; run: init(0, 0, 0) =
;; run: extern(1, 99) = 99
;; run: extern(2, 99) trap 3
;; binary:
;; 00 61 73 6d 01 00 00 00  01 33 0a 60 01 7f 01 7f
;; 60 01 7e 01 7e 60 02 7f  7f 01 7f 60 02 7f 7e 01
;; 7e 60 01 7f 00 60 00 01  7f 60 02 7f 7f 00 60 03
;; 7f 7f 7f 00 60 00 00 60  02 7f 6f 01 6f 03 12 11
;; 00 00 01 02 02 03 02 02  04 00 00 05 06 07 07 08
;; 09 04 0c 03 70 01 05 05  70 01 04 06 6f 00 02 07
;; 7d 0f 01 74 01 01 05 6b  6e 6f 77 6e 00 03 0a 6b
;; 6e 6f 77 6e 2d 74 61 69  6c 00 04 0a 6b 6e 6f 77
;; 6e 2d 6c 6f 6e 67 00 05  04 6f 70 65 6e 00 06 09
;; 6f 70 65 6e 2d 74 61 69  6c 00 07 03 70 75 74 00
;; 08 07 69 73 2d 6e 75 6c  6c 00 09 04 67 72 6f 77
;; 00 0a 04 73 69 7a 65 00  0b 04 66 69 6c 6c 00 0c
;; 04 69 6e 69 74 00 0d 04  63 6f 70 79 00 0e 04 64
;; 72 6f 70 00 0f 06 65 78  74 65 72 6e 00 10 09 19
;; 03 02 00 41 01 0b 00 03  00 01 02 02 01 41 00 0b
;; 00 02 00 02 01 00 02 01  02 0a ad 01 11 07 00 20
;; 00 41 02 6c 0b 07 00 20  00 20 00 6c 0b 07 00 20
;; 00 42 7f 85 0b 09 00 20  01 20 00 11 00 00 0b 09
;; 00 20 01 20 00 13 00 00  0b 09 00 20 01 20 00 11
;; 01 00 0b 09 00 20 01 20  00 11 00 01 0b 09 00 20
;; 01 20 00 13 00 01 0b 08  00 20 00 d2 01 26 01 0b
;; 07 00 20 00 25 01 d1 0b  09 00 d2 01 20 00 fc 0f
;; 01 0b 0d 00 fc 10 01 41  e4 00 6c fc 10 00 6a 0b
;; 0b 00 20 00 d0 70 20 01  fc 11 01 0b 0c 00 20 00
;; 20 01 20 02 fc 0c 02 01  0b 0c 00 20 00 20 01 20
;; 02 fc 0e 01 01 0b 05 00  fc 0d 02 0b 0c 00 20 00
;; 20 01 26 02 20 00 25 02  0b 00 4b 04 6e 61 6d 65
;; 01 17 03 00 06 64 6f 75  62 6c 65 01 06 73 71 75
;; 61 72 65 02 04 6c 6f 6e  67 04 07 02 00 01 69 01
;; 01 6c 05 16 03 00 05 6b  6e 6f 77 6e 01 04 6f 70
;; 65 6e 02 06 65 78 74 65  72 6e 08 0a 01 02 07 70
;; 61 73 73 69 76 65
;; ir:
;; table 0 at 0 = [null, function 0 type 0, function 1 type 0, function 2 type 1, null]
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 2  @101
;;     v3 = imul.i32 v1, v2  @103
;;     return v3  @104
;; }
;; function 1(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = imul.i32 v1, v1  @10b
;;     return v2  @10c
;; }
;; function 2(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 -1  @111
;;     v3 = bxor.i64 v1, v2  @113
;;     return v3  @114
;; }
;; function 3(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @11b
;;     v4 = iconst.i64 5  @11b
;;     v5 = icmp.uge v3, v4  @11b
;;     trapnz v5, 4  @11b
;;     v6 = iconst.i64 0  @11b
;;     v7 = select_guard.i64 v5, v6, v3  @11b
;;     v8 = data_addr.i64 0  @11b
;;     v9 = iconst.i64 3  @11b
;;     v10 = ishl.i64 v7, v9  @11b
;;     v11 = iadd.i64 v8, v10  @11b
;;     v12 = load.i32 v11+4 region 6 trap 4 readonly  @11b
;;     v13 = iconst.i32 1  @11b
;;     v14 = icmp.ne v12, v13  @11b
;;     br_if v14, block1, block2  @11b
;; block1 cold:
;;     trapz v12, 5  @11b
;;     trap 6  @11b
;; block2:
;;     v15 = sload32.i64 v11 region 6 trap 4 readonly  @11b
;;     v16 = iadd.i64 v8, v15  @11b
;;     v17 = call_indirect sig0, v16(v0, v2)  @11b
;;     return v17  @11e
;; }
;; function 4(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @125
;;     v4 = iconst.i64 5  @125
;;     v5 = icmp.uge v3, v4  @125
;;     trapnz v5, 4  @125
;;     v6 = iconst.i64 0  @125
;;     v7 = select_guard.i64 v5, v6, v3  @125
;;     v8 = data_addr.i64 0  @125
;;     v9 = iconst.i64 3  @125
;;     v10 = ishl.i64 v7, v9  @125
;;     v11 = iadd.i64 v8, v10  @125
;;     v12 = load.i32 v11+4 region 6 trap 4 readonly  @125
;;     v13 = iconst.i32 1  @125
;;     v14 = icmp.ne v12, v13  @125
;;     br_if v14, block1, block2  @125
;; block1 cold:
;;     trapz v12, 5  @125
;;     trap 6  @125
;; block2:
;;     v15 = sload32.i64 v11 region 6 trap 4 readonly  @125
;;     v16 = iadd.i64 v8, v15  @125
;;     return_call_indirect sig0, v16(v0, v2)  @125
;; }
;; function 5(i64 context, i32, i64) -> i64 precast {
;;     sig0 = (i64 context, i64) -> i64 precast
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = uextend.i64 v1  @12f
;;     v4 = iconst.i64 5  @12f
;;     v5 = icmp.uge v3, v4  @12f
;;     trapnz v5, 4  @12f
;;     v6 = iconst.i64 0  @12f
;;     v7 = select_guard.i64 v5, v6, v3  @12f
;;     v8 = data_addr.i64 0  @12f
;;     v9 = iconst.i64 3  @12f
;;     v10 = ishl.i64 v7, v9  @12f
;;     v11 = iadd.i64 v8, v10  @12f
;;     v12 = load.i32 v11+4 region 6 trap 4 readonly  @12f
;;     v13 = iconst.i32 2  @12f
;;     v14 = icmp.ne v12, v13  @12f
;;     br_if v14, block1, block2  @12f
;; block1 cold:
;;     trapz v12, 5  @12f
;;     trap 6  @12f
;; block2:
;;     v15 = sload32.i64 v11 region 6 trap 4 readonly  @12f
;;     v16 = iadd.i64 v8, v15  @12f
;;     v17 = call_indirect sig0, v16(v0, v2)  @12f
;;     return v17  @132
;; }
;; function 6(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @139
;;     v4 = load.i64 v0+88 region 4  @139
;;     v5 = icmp.uge v3, v4  @139
;;     v6 = load.i64 v0+80 region 4  @139
;;     v7 = iconst.i64 3  @139
;;     v8 = ishl.i64 v3, v7  @139
;;     v9 = iadd.i64 v6, v8  @139
;;     v10 = iconst.i64 0  @139
;;     v11 = select_guard.i64 v5, v10, v9  @139
;;     v12 = load.i64 v11 region 28 trap 4  @139
;;     v13 = load.i32 v12+16 region 5 trap 5 readonly  @139
;;     v14 = load.i32 v0+112 region 1 readonly  @139
;;     v15 = icmp.ne v13, v14  @139
;;     trapnz v15, 6  @139
;;     v16 = load.i64 v12 region 5 trap 5 readonly  @139
;;     v17 = load.i64 v12+8 region 5 trap 5 readonly  @139
;;     v18 = call_indirect sig0, v16(v17, v2, v0)  @139
;;     return v18  @13c
;; }
;; function 7(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @143
;;     v4 = load.i64 v0+88 region 4  @143
;;     v5 = icmp.uge v3, v4  @143
;;     v6 = load.i64 v0+80 region 4  @143
;;     v7 = iconst.i64 3  @143
;;     v8 = ishl.i64 v3, v7  @143
;;     v9 = iadd.i64 v6, v8  @143
;;     v10 = iconst.i64 0  @143
;;     v11 = select_guard.i64 v5, v10, v9  @143
;;     v12 = load.i64 v11 region 28 trap 4  @143
;;     v13 = load.i32 v12+16 region 5 trap 5 readonly  @143
;;     v14 = load.i32 v0+112 region 1 readonly  @143
;;     v15 = icmp.ne v13, v14  @143
;;     trapnz v15, 6  @143
;;     v16 = load.i64 v12 region 5 trap 5 readonly  @143
;;     v17 = load.i64 v12+8 region 5 trap 5 readonly  @143
;;     return_call_indirect sig0, v16(v17, v2, v0)  @143
;; }
;; function 8(i64 context, i32) precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 184  @14b
;;     v3 = iadd.i64 v0, v2  @14b
;;     v4 = uextend.i64 v1  @14d
;;     v5 = load.i64 v0+88 region 4  @14d
;;     v6 = icmp.uge v4, v5  @14d
;;     v7 = load.i64 v0+80 region 4  @14d
;;     v8 = iconst.i64 3  @14d
;;     v9 = ishl.i64 v4, v8  @14d
;;     v10 = iadd.i64 v7, v9  @14d
;;     v11 = iconst.i64 0  @14d
;;     v12 = select_guard.i64 v6, v11, v10  @14d
;;     store.i64 v3, v12 region 28 trap 3  @14d
;;     return  @14f
;; }
;; function 9(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @154
;;     v3 = load.i64 v0+88 region 4  @154
;;     v4 = icmp.uge v2, v3  @154
;;     v5 = load.i64 v0+80 region 4  @154
;;     v6 = iconst.i64 3  @154
;;     v7 = ishl.i64 v2, v6  @154
;;     v8 = iadd.i64 v5, v7  @154
;;     v9 = iconst.i64 0  @154
;;     v10 = select_guard.i64 v4, v9, v8  @154
;;     v11 = load.i64 v10 region 28 trap 3  @154
;;     v12 = iconst.i64 0  @156
;;     v13 = icmp.eq v11, v12  @156
;;     return v13  @157
;; }
;; function 10(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 184  @15a
;;     v3 = iadd.i64 v0, v2  @15a
;;     v4 = uextend.i64 v1  @15e
;;     v5 = iconst.i64 1  @15e
;;     v6 = load.i64 v0+16 region 1 readonly  @15e
;;     v7 = load.i64 v6+48 region 1 readonly  @15e
;;     v8 = call_indirect sig0, v7(v0, v5, v3, v4)  @15e
;;     v9 = ireduce.i32 v8  @15e
;;     return v9  @161
;; }
;; function 11(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = load.i64 v0+88 region 4  @164
;;     v2 = ireduce.i32 v1  @164
;;     v3 = iconst.i32 100  @167
;;     v4 = imul.i32 v2, v3  @16a
;;     v5 = iconst.i64 5  @16b
;;     v6 = ireduce.i32 v5  @16b
;;     v7 = iadd.i32 v4, v6  @16e
;;     return v7  @16f
;; }
;; function 12(i64 context, i32, i32) precast {
;;     sig0 = (i64 context, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = iconst.i64 0  @174
;;     v4 = uextend.i64 v1  @178
;;     v5 = uextend.i64 v2  @178
;;     v6 = iconst.i64 1  @178
;;     v7 = load.i64 v0+16 region 1 readonly  @178
;;     v8 = load.i64 v7+64 region 1 readonly  @178
;;     v9 = call_indirect sig0, v8(v0, v6, v4, v3, v5)  @178
;;     v10 = iconst.i64 0  @178
;;     v11 = icmp.slt v9, v10  @178
;;     br_if v11, block1, block2  @178
;; block1 cold:
;;     v12 = iconst.i64 255  @178
;;     v13 = load.i64 v0+16 region 1 readonly  @178
;;     v14 = load.i64 v13 region 1 readonly  @178
;;     call_indirect sig1, v14(v0, v12)  @178
;;     trap 1  @178
;; block2:
;;     return  @17b
;; }
;; function 13(i64 context, i32, i32, i32) precast {
;;     sig0 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @184
;;     v5 = uextend.i64 v2  @184
;;     v6 = uextend.i64 v3  @184
;;     v7 = iconst.i64 1  @184
;;     v8 = iconst.i64 2  @184
;;     v9 = load.i64 v0+16 region 1 readonly  @184
;;     v10 = load.i64 v9+72 region 1 readonly  @184
;;     v11 = call_indirect sig0, v10(v0, v7, v8, v4, v5, v6)  @184
;;     v12 = iconst.i64 0  @184
;;     v13 = icmp.slt v11, v12  @184
;;     br_if v13, block1, block2  @184
;; block1 cold:
;;     v14 = iconst.i64 255  @184
;;     v15 = load.i64 v0+16 region 1 readonly  @184
;;     v16 = load.i64 v15 region 1 readonly  @184
;;     call_indirect sig1, v16(v0, v14)  @184
;;     trap 1  @184
;; block2:
;;     return  @188
;; }
;; function 14(i64 context, i32, i32, i32) precast {
;;     sig0 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @191
;;     v5 = uextend.i64 v2  @191
;;     v6 = uextend.i64 v3  @191
;;     v7 = iconst.i64 1  @191
;;     v8 = iconst.i64 1  @191
;;     v9 = load.i64 v0+16 region 1 readonly  @191
;;     v10 = load.i64 v9+56 region 1 readonly  @191
;;     v11 = call_indirect sig0, v10(v0, v7, v8, v4, v5, v6)  @191
;;     v12 = iconst.i64 0  @191
;;     v13 = icmp.slt v11, v12  @191
;;     br_if v13, block1, block2  @191
;; block1 cold:
;;     v14 = iconst.i64 255  @191
;;     v15 = load.i64 v0+16 region 1 readonly  @191
;;     v16 = load.i64 v15 region 1 readonly  @191
;;     call_indirect sig1, v16(v0, v14)  @191
;;     trap 1  @191
;; block2:
;;     return  @195
;; }
;; function 15(i64 context) precast {
;;     sig0 = (i64 context, i64) system_v
;; block0(v0: i64):
;;     v1 = iconst.i64 2  @198
;;     v2 = load.i64 v0+16 region 1 readonly  @198
;;     v3 = load.i64 v2+80 region 1 readonly  @198
;;     call_indirect sig0, v3(v0, v1)  @198
;;     return  @19b
;; }
;; function 16(i64 context, i32, i64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = uextend.i64 v1  @1a2
;;     v4 = load.i64 v0+104 region 4  @1a2
;;     v5 = icmp.uge v3, v4  @1a2
;;     v6 = load.i64 v0+96 region 4  @1a2
;;     v7 = iconst.i64 3  @1a2
;;     v8 = ishl.i64 v3, v7  @1a2
;;     v9 = iadd.i64 v6, v8  @1a2
;;     v10 = iconst.i64 0  @1a2
;;     v11 = select_guard.i64 v5, v10, v9  @1a2
;;     store.i64 v2, v11 region 29 trap 3  @1a2
;;     v12 = uextend.i64 v1  @1a6
;;     v13 = load.i64 v0+104 region 4  @1a6
;;     v14 = icmp.uge v12, v13  @1a6
;;     v15 = load.i64 v0+96 region 4  @1a6
;;     v16 = iconst.i64 3  @1a6
;;     v17 = ishl.i64 v12, v16  @1a6
;;     v18 = iadd.i64 v15, v17  @1a6
;;     v19 = iconst.i64 0  @1a6
;;     v20 = select_guard.i64 v14, v19, v18  @1a6
;;     v21 = load.i64 v20 region 29 trap 3  @1a6
;;     return v21  @1a8
;; }
;; function 17(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 18(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 19(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     v6 = uextend.i64 v5
;;     store.i64 v6, v2 region 7
;;     v7 = iconst.i64 0
;;     store.i64 v7, v2+8 region 7
;;     return
;; }
;; function 20(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 21(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     call_indirect sig0, v1(v0, v3, v0)
;;     return
;; }
;; function 22(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = call_indirect sig0, v1(v0, v0)
;;     v4 = uextend.i64 v3
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 23(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i32, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     call_indirect sig0, v1(v0, v3, v4, v0)
;;     return
;; }
;; function 24(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i32, i32, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5 = load.i32 v2+32 region 7
;;     call_indirect sig0, v1(v0, v3, v4, v5, v0)
;;     return
;; }
;; function 25(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
;; function 26(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 27(i64 context, i32, i64 caller_context) -> i32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = stack_addr.i64 ss0
;;     v4 = uextend.i64 v1
;;     store.i64 v4, v3 region 7
;;     v5 = load.i64 v2+8 region 1 readonly
;;     v6 = frame_pointer.i64
;;     v7 = load.i64 v6+8 region 3
;;     store.i64 v7, v5+48 region 2
;;     v8 = load.i64 v6 region 3
;;     store.i64 v8, v5+56 region 2
;;     v9 = load.i64 v0 region 1 readonly
;;     v10 = load.i64 v0+8 region 1 readonly
;;     v11 = call_indirect sig0, v9(v10, v2, v3)
;;     v12 = iconst.i64 0
;;     v13 = icmp.ne v11, v12
;;     br_if v13, block1, block2
;; block1 cold:
;;     v14 = iconst.i64 255
;;     v15 = load.i64 v2+16 region 1 readonly
;;     v16 = load.i64 v15 region 1 readonly
;;     call_indirect sig1, v16(v2, v14)
;;     trap 1
;; block2:
;;     v17 = load.i32 v3 region 7
;;     return v17
;; }
;; function 28(i64 context, i64, i64 caller_context) -> i64 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = stack_addr.i64 ss0
;;     store.i64 v1, v3 region 7
;;     v4 = load.i64 v2+8 region 1 readonly
;;     v5 = frame_pointer.i64
;;     v6 = load.i64 v5+8 region 3
;;     store.i64 v6, v4+48 region 2
;;     v7 = load.i64 v5 region 3
;;     store.i64 v7, v4+56 region 2
;;     v8 = load.i64 v0 region 1 readonly
;;     v9 = load.i64 v0+8 region 1 readonly
;;     v10 = call_indirect sig0, v8(v9, v2, v3)
;;     v11 = iconst.i64 0
;;     v12 = icmp.ne v10, v11
;;     br_if v12, block1, block2
;; block1 cold:
;;     v13 = iconst.i64 255
;;     v14 = load.i64 v2+16 region 1 readonly
;;     v15 = load.i64 v14 region 1 readonly
;;     call_indirect sig1, v15(v2, v13)
;;     trap 1
;; block2:
;;     v16 = load.i64 v3 region 7
;;     return v16
;; }
