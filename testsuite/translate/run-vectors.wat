;; Vectors in locals, blocks, calls, memory and selects. Each is two numbers here, the low half first.
(module
  (memory 1)
  (func $both (param v128 i32 v128) (result v128 i32)
    local.get 0
    local.get 2
    local.get 1
    select
    local.get 1)
  (func (export "call") (param v128 v128 i32) (result v128 i32) (local v128)
    local.get 3
    local.get 0
    i64x2.add
    local.get 2
    local.get 1
    call $both)
  (func (export "loop") (param v128 i32) (result v128)
    local.get 0
    (loop (param v128) (result v128)
      local.get 0
      i8x16.add
      (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))
      br_if 0))
  (func (export "memory") (param i32 v128) (result v128 v128 i64)
    local.get 0
    local.get 1
    v128.store offset=8
    (v128.load16x4_s offset=8 (local.get 0))
    (v128.load8_lane offset=13 3 (local.get 0) (v128.load32_zero offset=20 (local.get 0)))
    (v128.store16_lane offset=8 7 (local.get 0) (local.get 1))
    (i64.load offset=8 (local.get 0)))
  (func (export "lanes") (param v128) (result i32 v128 v128)
    (i8x16.extract_lane_s 15 (local.get 0))
    (i8x16.shuffle 16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (v128.const i64x2 -1 0x0100000000000000))
    (f32x4.replace_lane 2 (local.get 0) (f32.const 1)))
  (func (export "relaxed") (param v128 v128) (result v128 v128)
    (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (v128.const i64x2 -1 0))
    (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1))))
;; run: call(1, 2, 3, 4, 1) = 1, 2, 1
;; run: call(1, 2, 3, 4, 0) = 3, 4, 0
;; run: loop(1, 0x80, 4) = 5, 0x80
;; run: memory(0, 0x7fff800000010002, 0x3000000020000) = 0x100000002, 0x7fffffff8000, 0x80030000, 0, 0x7fff800000010003
;; run: memory(65513, 0, 0) trap 2
;; run: lanes(0, 0x8000000000000000) = 0xffffff80, 0xff, 0x100000000000000, 0, 0x800000003f800000
;; run: relaxed(0x0203, 1, 0x0405, 2) = 0x0203, 2, 0x17, 2
;; binary:
;; 00 61 73 6d 01 00 00 00  01 32 07 60 03 7b 7f 7b
;; 02 7b 7f 60 03 7b 7b 7f  02 7b 7f 60 02 7b 7f 01
;; 7b 60 01 7b 01 7b 60 02  7f 7b 03 7b 7b 7e 60 01
;; 7b 03 7f 7b 7b 60 02 7b  7b 02 7b 7b 03 07 06 00
;; 01 02 04 05 06 05 03 01  00 01 07 2a 05 04 63 61
;; 6c 6c 00 01 04 6c 6f 6f  70 00 02 06 6d 65 6d 6f
;; 72 79 00 03 05 6c 61 6e  65 73 00 04 07 72 65 6c
;; 61 78 65 64 00 05 0a bb  01 06 0b 00 20 00 20 02
;; 20 01 1b 20 01 0b 11 01  01 7b 20 03 20 00 fd ce
;; 01 20 02 20 01 10 00 0b  14 00 20 00 03 03 20 00
;; fd 6e 20 01 41 01 6b 22  01 0d 00 0b 0b 2b 00 20
;; 00 20 01 fd 0b 04 08 20  00 fd 03 03 08 20 00 20
;; 00 fd 5c 02 14 fd 54 00  0d 03 20 00 20 01 fd 59
;; 01 08 07 20 00 29 03 08  0b 37 00 20 00 fd 15 0f
;; 20 00 fd 0c ff ff ff ff  ff ff ff ff 00 00 00 00
;; 00 00 00 01 fd 0d 10 01  02 03 04 05 06 07 08 09
;; 0a 0b 0c 0d 0e 1f 20 00  43 00 00 80 3f fd 20 02
;; 0b 22 00 20 00 20 01 fd  0c ff ff ff ff ff ff ff
;; ff 00 00 00 00 00 00 00  00 fd 89 02 20 00 20 01
;; fd 92 02 0b 00 0e 04 6e  61 6d 65 01 07 01 00 04
;; 62 6f 74 68
;; ir:
;; function 0(i64 context, v128, i32, v128) -> v128, i32 precast {
;; block0(v0: i64, v1: v128, v2: i32, v3: v128):
;;     v4 = select.v128 v2, v1, v3  @82
;;     return v4, v2  @85
;; }
;; function 1(i64 context, v128, v128, i32) -> v128, i32 precast {
;;     sig0 = (i64 context, v128, i32, v128) -> v128, i32 precast
;;     fn0 = function 0 sig0
;;     vc0 = vector 0 0
;; block0(v0: i64, v1: v128, v2: v128, v3: i32):
;;     v4 = vconst.v128 vc0
;;     v5 = vbinary.i64x2_add v4, v1  @8e
;;     v6, v7 = call fn0(v0, v5, v3, v2)  @95
;;     return v6, v7  @97
;; }
;; function 2(i64 context, v128, i32) -> v128 precast {
;; block0(v0: i64, v1: v128, v2: i32):
;;     jump block1(v1, v2)  @9c
;; block1(v3: v128, v6: i32):
;;     v5 = vbinary.i8x16_add v3, v1  @a0
;;     v7 = iconst.i32 1  @a4
;;     v8 = isub.i32 v6, v7  @a6
;;     br_if v8, block1(v5, v8), block2  @a9
;; block2:
;;     return v5  @ac
;; }
;; function 3(i64 context, i32, v128) -> v128, v128, i64 precast {
;; block0(v0: i64, v1: i32, v2: v128):
;;     v3 = load.i64 v0+64 region 4 readonly  @b3
;;     v4 = uextend.i64 v1  @b3
;;     v5 = iadd.i64 v3, v4  @b3
;;     store.v128 v2, v5+8 region 11 trap 2  @b3
;;     v6 = load.i64 v5+8 region 11 trap 2  @b9
;;     v7 = vunary.i64x2_scalar v6  @b9
;;     v8 = vunary.i32x4_extend_low_i16x8_s v7  @b9
;;     v9 = load.i32 v5+20 region 11 trap 2  @c1
;;     v10 = vunary.i32x4_scalar v9  @c1
;;     v11 = uload8.i32 v5+13 region 11 trap 2  @c5
;;     v12 = vbinary.i8x16_replace_lane v10, v11, 3  @c5
;;     v13 = vunary.i16x8_extract_lane_u v2, 7  @ce
;;     store16.i32 v13, v5+8 region 11 trap 2  @ce
;;     v14 = load.i64 v5+8 region 11 trap 2  @d5
;;     return v8, v12, v14  @d8
;; }
;; function 4(i64 context, v128) -> i32, v128, v128 precast {
;;     vc0 = vector 18446744073709551615 72057594037927936
;;     vc1 = vector 506097522914230544 2237740410225690888
;; block0(v0: i64, v1: v128):
;;     v2 = vunary.i8x16_extract_lane_s v1, 15  @dd
;;     v3 = vconst.v128 vc0  @e2
;;     v4 = vbinary.i8x16_shuffle v1, v3, vc1  @f4
;;     v5 = f32const 1.0  @108
;;     v6 = vbinary.f32x4_replace_lane v1, v5, 2  @10d
;;     return v2, v4, v6  @110
;; }
;; function 5(i64 context, v128, v128) -> v128, v128 precast {
;;     vc0 = vector 18446744073709551615 0
;; block0(v0: i64, v1: v128, v2: v128):
;;     v3 = vconst.v128 vc0  @117
;;     v4 = vternary.i8x16_relaxed_laneselect v1, v2, v3  @129
;;     v5 = vbinary.i16x8_relaxed_dot_i8x16_i7x16_s v1, v2  @130
;;     return v4, v5  @133
;; }
;; function 6(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, v128, v128, i32, i64 caller_context) -> v128, i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.v128 v2 region 7
;;     v4 = load.v128 v2+16 region 7
;;     v5 = load.i32 v2+32 region 7
;;     v6, v7 = call_indirect sig0, v1(v0, v3, v4, v5, v0)
;;     store.v128 v6, v2 region 7
;;     v8 = uextend.i64 v7
;;     store.i64 v8, v2+16 region 7
;;     v9 = iconst.i64 0
;;     store.i64 v9, v2+24 region 7
;;     return
;; }
;; function 7(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, v128, i32, i64 caller_context) -> v128 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.v128 v2 region 7
;;     v4 = load.i32 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.v128 v5, v2 region 7
;;     return
;; }
;; function 8(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i32, v128, i64 caller_context) -> v128, v128, i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i32 v2 region 7
;;     v4 = load.v128 v2+16 region 7
;;     v5, v6, v7 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.v128 v5, v2 region 7
;;     store.v128 v6, v2+16 region 7
;;     store.i64 v7, v2+32 region 7
;;     v8 = iconst.i64 0
;;     store.i64 v8, v2+40 region 7
;;     return
;; }
;; function 9(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, v128, i64 caller_context) -> i32, v128, v128 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.v128 v2 region 7
;;     v4, v5, v6 = call_indirect sig0, v1(v0, v3, v0)
;;     v7 = uextend.i64 v4
;;     store.i64 v7, v2 region 7
;;     v8 = iconst.i64 0
;;     store.i64 v8, v2+8 region 7
;;     store.v128 v5, v2+16 region 7
;;     store.v128 v6, v2+32 region 7
;;     return
;; }
;; function 10(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, v128, v128, i64 caller_context) -> v128, v128 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.v128 v2 region 7
;;     v4 = load.v128 v2+16 region 7
;;     v5, v6 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.v128 v5, v2 region 7
;;     store.v128 v6, v2+16 region 7
;;     return
;; }
