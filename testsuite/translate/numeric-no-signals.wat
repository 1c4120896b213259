;; Divisions and truncations check explicitly; constant divisors need no check.
;; options: no-signals
(module
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s
    i32.const 10
    i32.div_s
    local.get 1
    i32.rem_u)
  (func (param f32 f64) (result i32)
    local.get 0
    i32.trunc_f32_s
    local.get 1
    i64.trunc_f64_u
    i32.wrap_i64
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0d 02 60 02 7f 7f 01
;; 7f 60 02 7d 7c 01 7f 03  03 02 00 01 0a 1a 02 0d
;; 00 20 00 20 01 6d 41 0a  6d 20 01 70 0b 0a 00 20
;; 00 a8 20 01 b1 a7 6a 0b
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     trapz v2, 7  @25
;;     v3 = iconst.i32 -2147483648  @25
;;     v4 = iconst.i32 -1  @25
;;     v5 = icmp.eq v1, v3  @25
;;     v6 = icmp.eq v2, v4  @25
;;     v7 = band.i32 v5, v6  @25
;;     trapnz v7, 8  @25
;;     v8 = sdiv.i32 v1, v2  @25
;;     v9 = iconst.i32 10  @26
;;     v10 = sdiv.i32 v8, v9  @28
;;     trapz v2, 7  @2b
;;     v11 = urem.i32 v10, v2  @2b
;;     return v11  @2c
;; }
;; function 1(i64 context, f32, f64) -> i32 precast {
;; block0(v0: i64, v1: f32, v2: f64):
;;     v3 = fcmp.ne v1, v1  @31
;;     trapnz v3, 9  @31
;;     v4 = ftrunc.f32 v1  @31
;;     v5 = f32const -2.1474836e+09  @31
;;     v6 = f32const 2.1474836e+09  @31
;;     v7 = fcmp.ge v4, v5  @31
;;     v8 = fcmp.lt v4, v6  @31
;;     v9 = band.i32 v7, v8  @31
;;     trapz v9, 8  @31
;;     v10 = fcvt_to_s_sat.i32 v1  @31
;;     v11 = fcmp.ne v2, v2  @34
;;     trapnz v11, 9  @34
;;     v12 = ftrunc.f64 v2  @34
;;     v13 = f64const 0.0  @34
;;     v14 = f64const 1.8446744073709552e+19  @34
;;     v15 = fcmp.ge v12, v13  @34
;;     v16 = fcmp.lt v12, v14  @34
;;     v17 = band.i32 v15, v16  @34
;;     trapz v17, 8  @34
;;     v18 = fcvt_to_u_sat.i64 v2  @34
;;     v19 = ireduce.i32 v18  @35
;;     v20 = iadd.i32 v10, v19  @36
;;     return v20  @37
;; }
