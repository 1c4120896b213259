;; One of each shape.
(module
  (func (param i32 i64 f32 f64) (result i64)
    local.get 0
    i32.clz
    local.get 0
    i32.extend8_s
    i32.rotl
    i64.extend_i32_u
    local.get 1
    i64.extend32_s
    i64.sub
    local.get 2
    f64.promote_f32
    local.get 3
    f64.max
    i64.trunc_f64_s
    i64.add
    local.get 2
    i32.trunc_sat_f32_u
    local.get 2
    i32.reinterpret_f32
    local.get 3
    f64.const 0x1p-3
    f64.le
    select
    i64.extend_i32_s
    i64.xor
    local.get 1
    i64.eqz
    i64.extend_i32_u
    i64.div_s
    local.get 0
    f32.convert_i32_u
    f32.const nan:0x200001
    f32.copysign
    i32.reinterpret_f32
    i64.extend_i32_u
    i64.rem_u))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 09 01 60 04 7f 7e 7d
;; 7c 01 7e 03 02 01 00 0a  3f 01 3d 00 20 00 67 20
;; 00 c0 77 ad 20 01 c4 7d  20 02 bb 20 03 a5 b0 7c
;; 20 02 fc 01 20 02 bc 20  03 44 00 00 00 00 00 00
;; c0 3f 65 1b ac 85 20 01  50 ad 7f 20 00 b3 43 01
;; 00 a0 7f 98 bc ad 82 0b
;; ir:
;; function 0(i64 context, i32, i64, f32, f64) -> i64 precast {
;; block0(v0: i64, v1: i32, v2: i64, v3: f32, v4: f64):
;;     v5 = clz.i32 v1  @1e
;;     v6 = sextend8.i32 v1  @21
;;     v7 = rotl.i32 v5, v6  @22
;;     v8 = uextend.i64 v7  @23
;;     v9 = ireduce.i32 v2  @26
;;     v10 = sextend.i64 v9  @26
;;     v11 = isub.i64 v8, v10  @27
;;     v12 = fpromote.f64 v3  @2a
;;     v13 = fmax.f64 v12, v4  @2d
;;     v14 = fcvt_to_s.i64 v13  @2e
;;     v15 = iadd.i64 v11, v14  @2f
;;     v16 = fcvt_to_u_sat.i32 v3  @32
;;     v17 = bitcast.i32 v3  @36
;;     v18 = f64const 0.125  @39
;;     v19 = fcmp.le v4, v18  @42
;;     v20 = select.i32 v19, v16, v17  @43
;;     v21 = sextend.i64 v20  @44
;;     v22 = bxor.i64 v15, v21  @45
;;     v23 = iconst.i64 0  @48
;;     v24 = icmp.eq v2, v23  @48
;;     v25 = uextend.i64 v24  @49
;;     v26 = sdiv.i64 v22, v25  @4a
;;     v27 = fcvt_from_u.f32 v1  @4d
;;     v28 = f32const nan:0x200001  @4e
;;     v29 = fcopysign.f32 v27, v28  @53
;;     v30 = bitcast.i32 v29  @54
;;     v31 = uextend.i64 v30  @55
;;     v32 = urem.i64 v26, v31  @56
;;     return v32  @57
;; }
