;; Parameters, a constant, arithmetic, the implicit return.
(module
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.add
    i32.const 7
    i32.mul))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 07 01 60 02 7f 7f 01
;; 7f 03 02 01 00 0a 0c 01  0a 00 20 00 20 01 6a 41
;; 07 6c 0b
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v3 = iadd.i32 v1, v2  @1e
;;     v4 = iconst.i32 7  @1f
;;     v5 = imul.i32 v3, v4  @21
;;     return v5  @22
;; }
