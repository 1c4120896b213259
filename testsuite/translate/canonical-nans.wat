;; What arithmetic makes is replaced where it is no number; operators on bits are not touched.
;; options: canonical-nans
(module
  (func (param f32 f64) (result f64)
    local.get 0
    local.get 0
    f32.add
    f32.neg
    f64.promote_f32
    local.get 1
    f64.copysign
    f64.sqrt))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 07 01 60 02 7d 7c 01
;; 7c 03 02 01 00 0a 0f 01  0d 00 20 00 20 00 92 8c
;; bb 20 01 a6 9f 0b
;; ir:
;; function 0(i64 context, f32, f64) -> f64 precast {
;; block0(v0: i64, v1: f32, v2: f64):
;;     v3 = fadd.f32 v1, v1  @1e
;;     v4 = f32const nan:0x400000  @1e
;;     v5 = fcmp.ne v3, v3  @1e
;;     v6 = select.f32 v5, v4, v3  @1e
;;     v7 = fneg.f32 v6  @1f
;;     v8 = fpromote.f64 v7  @20
;;     v9 = f64const nan:0x8000000000000  @20
;;     v10 = fcmp.ne v8, v8  @20
;;     v11 = select.f64 v10, v9, v8  @20
;;     v12 = fcopysign.f64 v11, v2  @23
;;     v13 = fsqrt.f64 v12  @24
;;     v14 = f64const nan:0x8000000000000  @24
;;     v15 = fcmp.ne v13, v13  @24
;;     v16 = select.f64 v15, v14, v13  @24
;;     return v16  @25
;; }
