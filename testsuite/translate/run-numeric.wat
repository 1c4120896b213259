;; Divisions, conversions and their traps.
(module
  (func (export "div_s") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s)
  (func (export "div_s_-1") (param i64) (result i64)
    local.get 0
    i64.const -1
    i64.div_s)
  (func (export "div_s_0") (param i64) (result i64)
    local.get 0
    i64.const 0
    i64.div_s)
  (func (export "rem_s") (param i64 i64) (result i64)
    local.get 0
    local.get 1
    i64.rem_s)
  (func (export "trunc_f32_s") (param f32) (result i32)
    local.get 0
    i32.trunc_f32_s)
  (func (export "trunc_f64_u") (param f64) (result i32)
    local.get 0
    i32.trunc_f64_u)
  (func (export "trunc_f64_s") (param f64) (result i64)
    local.get 0
    i64.trunc_f64_s)
  (func (export "trunc_f32_u") (param f32) (result i64)
    local.get 0
    i64.trunc_f32_u)
  (func (export "trunc_sat") (param f64) (result i32)
    local.get 0
    i32.trunc_sat_f64_s)
  (func (export "extend8") (param i64) (result i64)
    local.get 0
    i64.extend8_s)
  (func (export "extend32") (param i64) (result i64)
    local.get 0
    i64.extend32_s)
  (func (export "rotl") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.rotl)
  (func (export "float") (param f64 f32) (result f64)
    local.get 0
    f64.sqrt
    local.get 1
    f64.promote_f32
    f64.min))
;; run: div_s(-7, 2) = 0xfffffffd
;; run: div_s(7, 0) trap 7
;; run: div_s(0x80000000, -1) trap 8
;; run: div_s(0x80000000, 1) = 0x80000000
;; run: div_s_-1(5) = -5
;; run: div_s_-1(0x8000000000000000) trap 8
;; run: div_s_0(1) trap 7
;; run: rem_s(-7, 4) = -3
;; run: rem_s(0x8000000000000000, -1) = 0
;; run: rem_s(1, 0) trap 7
;; run: trunc_f32_s(0xcf000000) = 0x80000000
;; run: trunc_f32_s(0xcf000001) trap 8
;; run: trunc_f32_s(0x4f000000) trap 8
;; run: trunc_f32_s(0x7fc00000) trap 9
;; run: trunc_f32_s(0xbf7fffff) = 0
;; run: trunc_f64_u(0xbfefffffffffffff) = 0
;; run: trunc_f64_u(0xbff0000000000000) trap 8
;; run: trunc_f64_u(0x41efffffffffffff) = 0xffffffff
;; run: trunc_f64_u(0x41f0000000000000) trap 8
;; run: trunc_f64_s(0xc3e0000000000000) = 0x8000000000000000
;; run: trunc_f64_s(0x43e0000000000000) trap 8
;; run: trunc_f64_s(0xc1e0000000200000) = 0xffffffff7fffffff
;; run: trunc_f32_u(0x5f7fffff) = 0xffffff0000000000
;; run: trunc_f32_u(0x5f800000) trap 8
;; run: trunc_sat(0x7ff8000000000000) = 0
;; run: trunc_sat(0x7ff0000000000000) = 0x7fffffff
;; run: extend8(0x1280) = 0xffffffffffffff80
;; run: extend32(0x180000000) = 0xffffffff80000000
;; run: rotl(0x80000001, 33) = 3
;; run: float(0x4022000000000000, 0x40a00000) = 0x4008000000000000
;; binary:
;; 00 61 73 6d 01 00 00 00  01 2c 08 60 02 7f 7f 01
;; 7f 60 01 7e 01 7e 60 02  7e 7e 01 7e 60 01 7d 01
;; 7f 60 01 7c 01 7f 60 01  7c 01 7e 60 01 7d 01 7e
;; 60 02 7c 7d 01 7c 03 0e  0d 00 01 01 02 03 04 05
;; 06 04 01 01 00 07 07 8e  01 0d 05 64 69 76 5f 73
;; 00 00 08 64 69 76 5f 73  5f 2d 31 00 01 07 64 69
;; 76 5f 73 5f 30 00 02 05  72 65 6d 5f 73 00 03 0b
;; 74 72 75 6e 63 5f 66 33  32 5f 73 00 04 0b 74 72
;; 75 6e 63 5f 66 36 34 5f  75 00 05 0b 74 72 75 6e
;; 63 5f 66 36 34 5f 73 00  06 0b 74 72 75 6e 63 5f
;; 66 33 32 5f 75 00 07 09  74 72 75 6e 63 5f 73 61
;; 74 00 08 07 65 78 74 65  6e 64 38 00 09 08 65 78
;; 74 65 6e 64 33 32 00 0a  04 72 6f 74 6c 00 0b 05
;; 66 6c 6f 61 74 00 0c 0a  5e 0d 07 00 20 00 20 01
;; 6d 0b 07 00 20 00 42 7f  7f 0b 07 00 20 00 42 00
;; 7f 0b 07 00 20 00 20 01  81 0b 05 00 20 00 a8 0b
;; 05 00 20 00 ab 0b 05 00  20 00 b0 0b 05 00 20 00
;; af 0b 06 00 20 00 fc 02  0b 05 00 20 00 c2 0b 05
;; 00 20 00 c4 0b 07 00 20  00 20 01 77 0b 09 00 20
;; 00 9f 20 01 bb a4 0b
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = sdiv.i32 v1, v2  @e0
;;     return v3  @e1
;; }
;; function 1(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 -1  @e6
;;     v3 = sdiv.i64 v1, v2  @e8
;;     return v3  @e9
;; }
;; function 2(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 0  @ee
;;     v3 = sdiv.i64 v1, v2  @f0
;;     return v3  @f1
;; }
;; function 3(i64 context, i64, i64) -> i64 precast {
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = srem.i64 v1, v2  @f8
;;     return v3  @f9
;; }
;; function 4(i64 context, f32) -> i32 precast {
;; block0(v0: i64, v1: f32):
;;     v2 = fcvt_to_s.i32 v1  @fe
;;     return v2  @ff
;; }
;; function 5(i64 context, f64) -> i32 precast {
;; block0(v0: i64, v1: f64):
;;     v2 = fcvt_to_u.i32 v1  @104
;;     return v2  @105
;; }
;; function 6(i64 context, f64) -> i64 precast {
;; block0(v0: i64, v1: f64):
;;     v2 = fcvt_to_s.i64 v1  @10a
;;     return v2  @10b
;; }
;; function 7(i64 context, f32) -> i64 precast {
;; block0(v0: i64, v1: f32):
;;     v2 = fcvt_to_u.i64 v1  @110
;;     return v2  @111
;; }
;; function 8(i64 context, f64) -> i32 precast {
;; block0(v0: i64, v1: f64):
;;     v2 = fcvt_to_s_sat.i32 v1  @116
;;     return v2  @118
;; }
;; function 9(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = sextend8.i64 v1  @11d
;;     return v2  @11e
;; }
;; function 10(i64 context, i64) -> i64 precast {
;; block0(v0: i64, v1: i64):
;;     v2 = ireduce.i32 v1  @123
;;     v3 = sextend.i64 v2  @123
;;     return v3  @124
;; }
;; function 11(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = rotl.i32 v1, v2  @12b
;;     return v3  @12c
;; }
;; function 12(i64 context, f64, f32) -> f64 precast {
;; block0(v0: i64, v1: f64, v2: f32):
;;     v3 = fsqrt.f64 v1  @131
;;     v4 = fpromote.f64 v2  @134
;;     v5 = fmin.f64 v3, v4  @135
;;     return v5  @136
;; }
;; function 13(i64 context, i64, i64) system_v {
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
;; function 14(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 15(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64, i64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.i64 v2 region 7
;;     v4 = load.i64 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 16(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f32, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 17(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f64, i64 caller_context) -> i32 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     v5 = uextend.i64 v4
;;     store.i64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
;; function 18(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f64, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f64 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 19(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f32, i64 caller_context) -> i64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f32 v2 region 7
;;     v4 = call_indirect sig0, v1(v0, v3, v0)
;;     store.i64 v4, v2 region 7
;;     v5 = iconst.i64 0
;;     store.i64 v5, v2+8 region 7
;;     return
;; }
;; function 20(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, f64, f32, i64 caller_context) -> f64 precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = load.f64 v2 region 7
;;     v4 = load.f32 v2+16 region 7
;;     v5 = call_indirect sig0, v1(v0, v3, v4, v0)
;;     store.f64 v5, v2 region 7
;;     v6 = iconst.i64 0
;;     store.i64 v6, v2+8 region 7
;;     return
;; }
