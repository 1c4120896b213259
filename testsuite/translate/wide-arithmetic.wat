;; Carries are comparisons, which instruction selection knows; products of two halves are two operations.
;; options: wide-arithmetic
(module
  (func (param i64 i64 i64 i64) (result i64 i64)
    local.get 0
    local.get 1
    local.get 2
    local.get 3
    i64.add128
    local.get 2
    local.get 3
    i64.sub128)
  (func (param i64 i64) (result i64 i64 i64 i64)
    local.get 0
    local.get 1
    i64.mul_wide_u
    local.get 0
    local.get 1
    i64.mul_wide_s))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 13 02 60 04 7e 7e 7e
;; 7e 02 7e 7e 60 02 7e 7e  04 7e 7e 7e 7e 03 03 02
;; 00 01 0a 23 02 12 00 20  00 20 01 20 02 20 03 fc
;; 13 20 02 20 03 fc 14 0b  0e 00 20 00 20 01 fc 16
;; 20 00 20 01 fc 15 0b
;; ir:
;; function 0(i64 context, i64, i64, i64, i64) -> i64, i64 precast {
;; block0(v0: i64, v1: i64, v2: i64, v3: i64, v4: i64):
;;     v5 = iadd.i64 v1, v3  @2f
;;     v6 = icmp.ult v5, v3  @2f
;;     v7 = uextend.i64 v6  @2f
;;     v8 = iadd.i64 v2, v4  @2f
;;     v9 = iadd.i64 v8, v7  @2f
;;     v10 = isub.i64 v5, v3  @35
;;     v11 = icmp.ult v5, v3  @35
;;     v12 = uextend.i64 v11  @35
;;     v13 = isub.i64 v9, v4  @35
;;     v14 = isub.i64 v13, v12  @35
;;     return v10, v14  @37
;; }
;; function 1(i64 context, i64, i64) -> i64, i64, i64, i64 precast {
;; block0(v0: i64, v1: i64, v2: i64):
;;     v3 = imul.i64 v1, v2  @3e
;;     v4 = umulhi.i64 v1, v2  @3e
;;     v5 = imul.i64 v1, v2  @44
;;     v6 = smulhi.i64 v1, v2  @44
;;     return v3, v4, v5, v6  @46
;; }
