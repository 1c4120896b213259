;; With and without else; the edge of an if without else goes straight to its end.
(module
  (func (param i32) (result i32) (local i32)
    local.get 0
    if
      i32.const 5
      local.set 1
    end
    local.get 1
    if (result i32)
      local.get 0
    else
      i32.const 9
    end)
  (func (param i32) (result i32)
    i32.const 1
    local.get 0
    if (param i32) (result i32)
      i32.const 2
      i32.add
    end))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 03 03 02 00 00 0a 26 02  17 01 01 7f 20 00 04 40
;; 41 05 21 01 0b 20 01 04  7f 20 00 05 41 09 0b 0b
;; 0c 00 41 01 20 00 04 00  41 02 6a 0b 0b
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v4 = iconst.i32 0  @24
;;     br_if v1, block1, block2(v4)  @1e
;; block1:
;;     v2 = iconst.i32 5  @20
;;     jump block2(v2)  @24
;; block2(v3: i32):
;;     br_if v3, block3, block5  @27
;; block3:
;;     jump block4(v1)  @2b
;; block5:
;;     v7 = iconst.i32 9  @2c
;;     jump block4(v7)  @2e
;; block4(v5: i32):
;;     return v5  @2f
;; }
;; function 1(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 1  @32
;;     br_if v1, block1, block2(v2)  @36
;; block1:
;;     v4 = iconst.i32 2  @38
;;     v5 = iadd.i32 v2, v4  @3a
;;     jump block2(v5)  @3b
;; block2(v3: i32):
;;     return v3  @3c
;; }
