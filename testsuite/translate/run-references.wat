;; Calls through typed references, tests for null and of types, numbers as references.
(module
  (type $f (func (param i32) (result i32)))
  (type $open (sub (func (result i32))))
  (type $sub (sub final $open (func (result i32))))
  (table $t (export "t") 6 funcref)
  (table $typed (export "typed") 3 (ref null $f))
  (global $g (mut (ref null $f)) (ref.func $double))
  (elem (table $t) (i32.const 1) func $double $first $second)
  (elem (table $typed) (i32.const 0) (ref null $f) (ref.func $double) (ref.func $triple))
  (func $double (type $f)
    local.get 0
    i32.const 2
    i32.mul)
  (func $triple (type $f)
    local.get 0
    i32.const 3
    i32.mul)
  (func $first (type $open)
    i32.const 100)
  (func $second (type $sub)
    i32.const 200)
  (func (export "known") (param i32) (result i32)
    local.get 0
    ref.func $triple
    call_ref $f)
  (func (export "global") (param i32) (result i32)
    local.get 0
    global.get $g
    call_ref $f)
  (func (export "forget")
    ref.null $f
    global.set $g)
  (func (export "tail") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    table.get $typed
    return_call_ref $f)
  (func (export "element") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    call_indirect $typed (type $f))
  (func (export "or") (param i32 i32) (result i32)
    block $null
      local.get 1
      local.get 0
      table.get $typed
      br_on_null 1
      call_ref $f
      return
    end
    i32.const -1)
  (func (export "open") (param i32) (result i32)
    local.get 0
    call_indirect $t (type $open))
  (func (export "sub") (param i32) (result i32)
    local.get 0
    call_indirect $t (type $sub))
  (func (export "is-open") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.test (ref $open))
  (func (export "is-sub") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.test (ref null $sub))
  (func (export "cast") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.cast (ref $sub)
    call_ref $sub)
  (func (export "non-null") (param i32) (result i32)
    i32.const 7
    local.get 0
    table.get $typed
    ref.as_non_null
    call_ref $f)
  (func (export "number") (param i32) (result i32)
    local.get 0
    ref.i31
    extern.convert_any
    any.convert_extern
    ref.cast (ref i31)
    i31.get_s)
  (func (export "unsigned") (param i32) (result i32)
    local.get 0
    ref.i31
    i31.get_u)
  (func (export "null-number") (result i32)
    ref.null i31
    i31.get_u)
  (func (export "same") (param i32 i32) (result i32)
    local.get 0
    ref.i31
    local.get 1
    ref.i31
    ref.eq))
;; run: known(5) = 15
;; run: global(5) = 10
;; run: forget() =
;; run: global(5) trap 12
;; run: tail(0, 4) = 8
;; run: tail(1, 4) = 12
;; run: tail(2, 4) trap 12
;; run: tail(3, 4) trap 3
;; run: element(1, 4) = 12
;; run: element(2, 4) trap 5
;; run: or(1, 4) = 12
;; run: or(2, 4) = 4
;; run: open(2) = 100
;; run: open(3) = 200
;; run: open(1) trap 6
;; run: open(0) trap 5
;; run: sub(3) = 200
;; run: sub(2) trap 6
;; run: is-open(0) = 0
;; run: is-open(1) = 0
;; run: is-open(2) = 1
;; run: is-open(3) = 1
;; run: is-sub(0) = 1
;; run: is-sub(2) = 0
;; run: is-sub(3) = 1
;; run: cast(3) = 200
;; run: cast(2) trap 14
;; run: cast(0) trap 14
;; run: non-null(0) = 14
;; run: non-null(2) trap 11
;; run: number(-5) = 0xfffffffb
;; run: number(0x40000000) = 0xc0000000
;; run: unsigned(-1) = 0x7fffffff
;; run: null-number() trap 18
;; run: same(3, 3) = 1
;; run: same(3, 4) = 0
;; binary:
;; 00 61 73 6d 01 00 00 00  01 20 06 60 01 7f 01 7f
;; 50 00 60 00 01 7f 4f 01  01 60 00 01 7f 60 00 00
;; 60 02 7f 7f 01 7f 60 00  01 7f 03 15 14 00 00 01
;; 02 00 00 03 04 04 04 00  00 00 00 00 00 00 00 05
;; 04 04 08 02 70 00 06 63  00 00 03 06 07 01 63 00
;; 01 d2 00 0b 07 98 01 12  01 74 01 00 05 74 79 70
;; 65 64 01 01 05 6b 6e 6f  77 6e 00 04 06 67 6c 6f
;; 62 61 6c 00 05 06 66 6f  72 67 65 74 00 06 04 74
;; 61 69 6c 00 07 07 65 6c  65 6d 65 6e 74 00 08 02
;; 6f 72 00 09 04 6f 70 65  6e 00 0a 03 73 75 62 00
;; 0b 07 69 73 2d 6f 70 65  6e 00 0c 06 69 73 2d 73
;; 75 62 00 0d 04 63 61 73  74 00 0e 08 6e 6f 6e 2d
;; 6e 75 6c 6c 00 0f 06 6e  75 6d 62 65 72 00 10 08
;; 75 6e 73 69 67 6e 65 64  00 11 0b 6e 75 6c 6c 2d
;; 6e 75 6d 62 65 72 00 12  04 73 61 6d 65 00 13 09
;; 17 02 00 41 01 0b 03 00  02 03 06 01 41 00 0b 63
;; 00 02 d2 00 0b d2 01 0b  0a c6 01 14 07 00 20 00
;; 41 02 6c 0b 07 00 20 00  41 03 6c 0b 05 00 41 e4
;; 00 0b 05 00 41 c8 01 0b  08 00 20 00 d2 01 14 00
;; 0b 08 00 20 00 23 00 14  00 0b 06 00 d0 00 24 00
;; 0b 0a 00 20 01 20 00 25  01 15 00 0b 09 00 20 01
;; 20 00 11 00 01 0b 12 00  02 40 20 01 20 00 25 01
;; d5 01 14 00 0f 0b 41 7f  0b 07 00 20 00 11 01 00
;; 0b 07 00 20 00 11 02 00  0b 09 00 20 00 25 00 fb
;; 14 01 0b 09 00 20 00 25  00 fb 15 02 0b 0b 00 20
;; 00 25 00 fb 16 02 14 02  0b 0b 00 41 07 20 00 25
;; 01 d4 14 00 0b 0f 00 20  00 fb 1c fb 1b fb 1a fb
;; 16 6c fb 1d 0b 08 00 20  00 fb 1c fb 1e 0b 06 00
;; d0 6c fb 1e 0b 0b 00 20  00 fb 1c 20 01 fb 1c d3
;; 0b 00 56 04 6e 61 6d 65  01 20 04 00 06 64 6f 75
;; 62 6c 65 01 06 74 72 69  70 6c 65 02 05 66 69 72
;; 73 74 03 06 73 65 63 6f  6e 64 03 09 01 09 01 00
;; 04 6e 75 6c 6c 04 0f 03  00 01 66 01 04 6f 70 65
;; 6e 02 03 73 75 62 05 0b  02 00 01 74 01 05 74 79
;; 70 65 64 07 04 01 00 01  67
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 2  @110
;;     v3 = imul.i32 v1, v2  @112
;;     return v3  @113
;; }
;; function 1(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 3  @118
;;     v3 = imul.i32 v1, v2  @11a
;;     return v3  @11b
;; }
;; function 2(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i32 100  @11e
;;     return v1  @121
;; }
;; function 3(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i32 200  @124
;;     return v1  @127
;; }
;; function 4(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i32) -> i32 precast
;;     fn0 = function 1 sig0
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 168  @12c
;;     v3 = iadd.i64 v0, v2  @12c
;;     v4 = call fn0(v0, v1)  @12e
;;     return v4  @130
;; }
;; function 5(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = load.i64 v0+96 region 59  @135
;;     v3 = load.i64 v2 region 5 trap 12 readonly  @137
;;     v4 = load.i64 v2+8 region 5 trap 12 readonly  @137
;;     v5 = call_indirect sig0, v3(v4, v1, v0)  @137
;;     return v5  @139
;; }
;; function 6(i64 context) precast {
;; block0(v0: i64):
;;     v1 = iconst.i64 0  @13c
;;     store.i64 v1, v0+96 region 59  @13e
;;     return  @140
;; }
;; function 7(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @147
;;     v4 = load.i64 v0+88 region 4  @147
;;     v5 = icmp.uge v3, v4  @147
;;     v6 = load.i64 v0+80 region 4  @147
;;     v7 = iconst.i64 3  @147
;;     v8 = ishl.i64 v3, v7  @147
;;     v9 = iadd.i64 v6, v8  @147
;;     v10 = iconst.i64 0  @147
;;     v11 = select_guard.i64 v5, v10, v9  @147
;;     v12 = load.i64 v11 region 28 trap 3  @147
;;     v13 = load.i64 v12 region 5 trap 12 readonly  @149
;;     v14 = load.i64 v12+8 region 5 trap 12 readonly  @149
;;     return_call_indirect sig0, v13(v14, v2, v0)  @149
;; }
;; function 8(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @152
;;     v4 = load.i64 v0+88 region 4  @152
;;     v5 = icmp.uge v3, v4  @152
;;     v6 = load.i64 v0+80 region 4  @152
;;     v7 = iconst.i64 3  @152
;;     v8 = ishl.i64 v3, v7  @152
;;     v9 = iadd.i64 v6, v8  @152
;;     v10 = iconst.i64 0  @152
;;     v11 = select_guard.i64 v5, v10, v9  @152
;;     v12 = load.i64 v11 region 28 trap 4  @152
;;     v13 = load.i64 v12 region 5 trap 5 readonly  @152
;;     v14 = load.i64 v12+8 region 5 trap 5 readonly  @152
;;     v15 = call_indirect sig0, v13(v14, v2, v0)  @152
;;     return v15  @155
;; }
;; function 9(i64 context, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = uextend.i64 v1  @15e
;;     v4 = load.i64 v0+88 region 4  @15e
;;     v5 = icmp.uge v3, v4  @15e
;;     v6 = load.i64 v0+80 region 4  @15e
;;     v7 = iconst.i64 3  @15e
;;     v8 = ishl.i64 v3, v7  @15e
;;     v9 = iadd.i64 v6, v8  @15e
;;     v10 = iconst.i64 0  @15e
;;     v11 = select_guard.i64 v5, v10, v9  @15e
;;     v12 = load.i64 v11 region 28 trap 3  @15e
;;     v13 = iconst.i64 0  @160
;;     v14 = icmp.eq v12, v13  @160
;;     br_if v14, block1(v2), block2  @160
;; block2:
;;     v16 = load.i64 v12 region 5 trap 12 readonly  @162
;;     v17 = load.i64 v12+8 region 5 trap 12 readonly  @162
;;     v18 = call_indirect sig0, v16(v17, v2, v0)  @162
;;     return v18  @164
;; block1(v15: i32):
;;     return v15  @164
;; }
;; function 10(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @16d
;;     v3 = load.i64 v0+72 region 4  @16d
;;     v4 = icmp.uge v2, v3  @16d
;;     v5 = load.i64 v0+64 region 4  @16d
;;     v6 = iconst.i64 3  @16d
;;     v7 = ishl.i64 v2, v6  @16d
;;     v8 = iadd.i64 v5, v7  @16d
;;     v9 = iconst.i64 0  @16d
;;     v10 = select_guard.i64 v4, v9, v8  @16d
;;     v11 = load.i64 v10 region 27 trap 4  @16d
;;     v12 = load.i32 v11+16 region 5 trap 5 readonly  @16d
;;     v13 = load.i32 v0+116 region 1 readonly  @16d
;;     v14 = icmp.ne v12, v13  @16d
;;     br_if v14, block1, block2  @16d
;; block1 cold:
;;     v15 = uextend.i64 v12  @16d
;;     v16 = uextend.i64 v13  @16d
;;     v17 = load.i64 v0+16 region 1 readonly  @16d
;;     v18 = load.i64 v17+216 region 1 readonly  @16d
;;     v19 = call_indirect sig0, v18(v0, v15, v16)  @16d
;;     trapz v19, 6  @16d
;;     jump block2  @16d
;; block2:
;;     v20 = load.i64 v11 region 5 trap 5 readonly  @16d
;;     v21 = load.i64 v11+8 region 5 trap 5 readonly  @16d
;;     v22 = call_indirect sig1, v20(v21, v0)  @16d
;;     return v22  @170
;; }
;; function 11(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @175
;;     v3 = load.i64 v0+72 region 4  @175
;;     v4 = icmp.uge v2, v3  @175
;;     v5 = load.i64 v0+64 region 4  @175
;;     v6 = iconst.i64 3  @175
;;     v7 = ishl.i64 v2, v6  @175
;;     v8 = iadd.i64 v5, v7  @175
;;     v9 = iconst.i64 0  @175
;;     v10 = select_guard.i64 v4, v9, v8  @175
;;     v11 = load.i64 v10 region 27 trap 4  @175
;;     v12 = load.i32 v11+16 region 5 trap 5 readonly  @175
;;     v13 = load.i32 v0+120 region 1 readonly  @175
;;     v14 = icmp.ne v12, v13  @175
;;     trapnz v14, 6  @175
;;     v15 = load.i64 v11 region 5 trap 5 readonly  @175
;;     v16 = load.i64 v11+8 region 5 trap 5 readonly  @175
;;     v17 = call_indirect sig0, v15(v16, v0)  @175
;;     return v17  @178
;; }
;; function 12(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @17d
;;     v3 = load.i64 v0+72 region 4  @17d
;;     v4 = icmp.uge v2, v3  @17d
;;     v5 = load.i64 v0+64 region 4  @17d
;;     v6 = iconst.i64 3  @17d
;;     v7 = ishl.i64 v2, v6  @17d
;;     v8 = iadd.i64 v5, v7  @17d
;;     v9 = iconst.i64 0  @17d
;;     v10 = select_guard.i64 v4, v9, v8  @17d
;;     v11 = load.i64 v10 region 27 trap 3  @17d
;;     v13 = iconst.i64 0  @17f
;;     v14 = icmp.eq v11, v13  @17f
;;     v15 = iconst.i32 0  @17f
;;     br_if v14, block1(v15), block2  @17f
;; block2:
;;     v16 = load.i32 v11+16 region 5 trap 14 readonly  @17f
;;     v17 = load.i32 v0+116 region 1 readonly  @17f
;;     v18 = icmp.eq v16, v17  @17f
;;     v19 = iconst.i32 1  @17f
;;     br_if v18, block1(v19), block3  @17f
;; block3 cold:
;;     v20 = uextend.i64 v16  @17f
;;     v21 = uextend.i64 v17  @17f
;;     v22 = load.i64 v0+16 region 1 readonly  @17f
;;     v23 = load.i64 v22+216 region 1 readonly  @17f
;;     v24 = call_indirect sig0, v23(v0, v20, v21)  @17f
;;     v25 = ireduce.i32 v24  @17f
;;     jump block1(v25)  @17f
;; block1(v12: i32):
;;     return v12  @182
;; }
;; function 13(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @187
;;     v3 = load.i64 v0+72 region 4  @187
;;     v4 = icmp.uge v2, v3  @187
;;     v5 = load.i64 v0+64 region 4  @187
;;     v6 = iconst.i64 3  @187
;;     v7 = ishl.i64 v2, v6  @187
;;     v8 = iadd.i64 v5, v7  @187
;;     v9 = iconst.i64 0  @187
;;     v10 = select_guard.i64 v4, v9, v8  @187
;;     v11 = load.i64 v10 region 27 trap 3  @187
;;     v13 = iconst.i64 0  @189
;;     v14 = icmp.eq v11, v13  @189
;;     v15 = iconst.i32 1  @189
;;     br_if v14, block1(v15), block2  @189
;; block2:
;;     v16 = load.i32 v11+16 region 5 trap 14 readonly  @189
;;     v17 = load.i32 v0+120 region 1 readonly  @189
;;     v18 = icmp.eq v16, v17  @189
;;     jump block1(v18)  @189
;; block1(v12: i32):
;;     return v12  @18c
;; }
;; function 14(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = uextend.i64 v1  @191
;;     v3 = load.i64 v0+72 region 4  @191
;;     v4 = icmp.uge v2, v3  @191
;;     v5 = load.i64 v0+64 region 4  @191
;;     v6 = iconst.i64 3  @191
;;     v7 = ishl.i64 v2, v6  @191
;;     v8 = iadd.i64 v5, v7  @191
;;     v9 = iconst.i64 0  @191
;;     v10 = select_guard.i64 v4, v9, v8  @191
;;     v11 = load.i64 v10 region 27 trap 3  @191
;;     v13 = iconst.i64 0  @193
;;     v14 = icmp.eq v11, v13  @193
;;     v15 = iconst.i32 0  @193
;;     br_if v14, block1(v15), block2  @193
;; block2:
;;     v16 = load.i32 v11+16 region 5 trap 14 readonly  @193
;;     v17 = load.i32 v0+120 region 1 readonly  @193
;;     v18 = icmp.eq v16, v17  @193
;;     jump block1(v18)  @193
;; block1(v12: i32):
;;     trapz v12, 14  @193
;;     v19 = load.i64 v11 region 5 trap 12 readonly  @196
;;     v20 = load.i64 v11+8 region 5 trap 12 readonly  @196
;;     v21 = call_indirect sig0, v19(v20, v0)  @196
;;     return v21  @198
;; }
;; function 15(i64 context, i32) -> i32 precast {
;;     sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 7  @19b
;;     v3 = uextend.i64 v1  @19f
;;     v4 = load.i64 v0+88 region 4  @19f
;;     v5 = icmp.uge v3, v4  @19f
;;     v6 = load.i64 v0+80 region 4  @19f
;;     v7 = iconst.i64 3  @19f
;;     v8 = ishl.i64 v3, v7  @19f
;;     v9 = iadd.i64 v6, v8  @19f
;;     v10 = iconst.i64 0  @19f
;;     v11 = select_guard.i64 v5, v10, v9  @19f
;;     v12 = load.i64 v11 region 28 trap 3  @19f
;;     trapz v12, 11  @1a1
;;     v13 = load.i64 v12 region 5 trap 12 readonly  @1a2
;;     v14 = load.i64 v12+8 region 5 trap 12 readonly  @1a2
;;     v15 = call_indirect sig0, v13(v14, v2, v0)  @1a2
;;     return v15  @1a4
;; }
;; function 16(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 1  @1a9
;;     v3 = ishl.i32 v1, v2  @1a9
;;     v4 = iconst.i32 1  @1a9
;;     v5 = bor.i32 v3, v4  @1a9
;;     v6 = uextend.i64 v5  @1a9
;;     v7 = iconst.i64 1  @1af
;;     v8 = band.i64 v6, v7  @1af
;;     v9 = iconst.i64 1  @1af
;;     v10 = icmp.eq v8, v9  @1af
;;     trapz v10, 14  @1af
;;     v11 = ireduce.i32 v6  @1b2
;;     v12 = iconst.i32 1  @1b2
;;     v13 = sshr.i32 v11, v12  @1b2
;;     return v13  @1b4
;; }
;; function 17(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 1  @1b9
;;     v3 = ishl.i32 v1, v2  @1b9
;;     v4 = iconst.i32 1  @1b9
;;     v5 = bor.i32 v3, v4  @1b9
;;     v6 = uextend.i64 v5  @1b9
;;     v7 = ireduce.i32 v6  @1bb
;;     v8 = iconst.i32 1  @1bb
;;     v9 = ushr.i32 v7, v8  @1bb
;;     return v9  @1bd
;; }
;; function 18(i64 context) -> i32 precast {
;; block0(v0: i64):
;;     v1 = iconst.i64 0  @1c0
;;     trapz v1, 18  @1c2
;;     v2 = ireduce.i32 v1  @1c2
;;     v3 = iconst.i32 1  @1c2
;;     v4 = ushr.i32 v2, v3  @1c2
;;     return v4  @1c4
;; }
;; function 19(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = iconst.i32 1  @1c9
;;     v4 = ishl.i32 v1, v3  @1c9
;;     v5 = iconst.i32 1  @1c9
;;     v6 = bor.i32 v4, v5  @1c9
;;     v7 = uextend.i64 v6  @1c9
;;     v8 = iconst.i32 1  @1cd
;;     v9 = ishl.i32 v2, v8  @1cd
;;     v10 = iconst.i32 1  @1cd
;;     v11 = bor.i32 v9, v10  @1cd
;;     v12 = uextend.i64 v11  @1cd
;;     v13 = icmp.eq v7, v12  @1cf
;;     return v13  @1d0
;; }
;; function 20(i64 context, i64, i64) system_v {
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
;; function 21(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = call_indirect sig0, v1(v0, v0)
;;     v4 = uextend.i64 v3
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
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
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
;; function 24(i64 context, i64, i64) system_v {
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
;; function 25(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = call_indirect sig0, v1(v0, v0)
;;     v4 = uextend.i64 v3
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 26(i64 context, i32, i64 caller_context) -> i32 precast {
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
;; function 27(i64 context, i64 caller_context) -> i32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: i64):
;;     v2 = stack_addr.i64 ss0
;;     v3 = load.i64 v1+8 region 1 readonly
;;     v4 = frame_pointer.i64
;;     v5 = load.i64 v4+8 region 3
;;     store.i64 v5, v3+48 region 2
;;     v6 = load.i64 v4 region 3
;;     store.i64 v6, v3+56 region 2
;;     v7 = load.i64 v0 region 1 readonly
;;     v8 = load.i64 v0+8 region 1 readonly
;;     v9 = call_indirect sig0, v7(v8, v1, v2)
;;     v10 = iconst.i64 0
;;     v11 = icmp.ne v9, v10
;;     br_if v11, block1, block2
;; block1 cold:
;;     v12 = iconst.i64 255
;;     v13 = load.i64 v1+16 region 1 readonly
;;     v14 = load.i64 v13 region 1 readonly
;;     call_indirect sig1, v14(v1, v12)
;;     trap 1
;; block2:
;;     v15 = load.i32 v2 region 7
;;     return v15
;; }
;; function 28(i64 context, i64 caller_context) -> i32 precast {
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     ss0 = stack_slot 16 align 16
;; block0(v0: i64, v1: i64):
;;     v2 = stack_addr.i64 ss0
;;     v3 = load.i64 v1+8 region 1 readonly
;;     v4 = frame_pointer.i64
;;     v5 = load.i64 v4+8 region 3
;;     store.i64 v5, v3+48 region 2
;;     v6 = load.i64 v4 region 3
;;     store.i64 v6, v3+56 region 2
;;     v7 = load.i64 v0 region 1 readonly
;;     v8 = load.i64 v0+8 region 1 readonly
;;     v9 = call_indirect sig0, v7(v8, v1, v2)
;;     v10 = iconst.i64 0
;;     v11 = icmp.ne v9, v10
;;     br_if v11, block1, block2
;; block1 cold:
;;     v12 = iconst.i64 255
;;     v13 = load.i64 v1+16 region 1 readonly
;;     v14 = load.i64 v13 region 1 readonly
;;     call_indirect sig1, v14(v1, v12)
;;     trap 1
;; block2:
;;     v15 = load.i32 v2 region 7
;;     return v15
;; }
