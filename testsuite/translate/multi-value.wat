;; Block and loop parameters, several results, returns from inside.
(module
  (type $pair (func (param i32 i64) (result i64 i32)))
  (func $swap (type $pair)
    local.get 0
    local.get 1
    block (type $pair)
      drop
      drop
      i64.const 3
      i32.const 4
      local.get 0
      br_if 1
    end
    return)
  (func (param i32) (result i64 i32)
    local.get 0
    i64.const 10
    call $swap
    loop (param i64 i32) (result i64 i32)
      local.get 0
      br_if 0
    end))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 15 03 60 02 7f 7e 02
;; 7e 7f 60 01 7f 02 7e 7f  60 02 7e 7f 02 7e 7f 03
;; 03 02 00 01 0a 26 02 14  00 20 00 20 01 02 00 1a
;; 1a 42 03 41 04 20 00 0d  01 0b 0f 0b 0f 00 20 00
;; 42 0a 10 00 03 02 20 00  0d 00 0b 0b 00 17 04 6e
;; 61 6d 65 01 07 01 00 04  73 77 61 70 04 07 01 00
;; 04 70 61 69 72
;; ir:
;; function 0(i64 context, i32, i64) -> i64, i32 precast {
;; block0(v0: i64, v1: i32, v2: i64):
;;     v3 = iconst.i64 3  @31
;;     v4 = iconst.i32 4  @33
;;     br_if v1, block1(v3, v4), block2  @37
;; block2:
;;     return v3, v4  @3a
;; block1(v5: i64, v6: i32):
;;     return v5, v6  @3a
;; }
;; function 1(i64 context, i32) -> i64, i32 precast {
;;     sig0 = (i64 context, i32, i64) -> i64, i32 precast
;;     fn0 = function 0 sig0
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 10  @40
;;     v3, v4 = call fn0(v0, v1, v2)  @42
;;     jump block1(v3, v4)  @44
;; block1(v5: i64, v6: i32):
;;     br_if v1, block1(v5, v6), block2  @48
;; block2:
;;     return v5, v6  @4b
;; }
