;; A loop: its header stays unsealed until the end; only the locals that change become parameters.
(module
  (func (param $n i32) (param $k i32) (result i32) (local $sum i32)
    block
      loop
        local.get $n
        i32.eqz
        br_if 1
        local.get $sum
        local.get $n
        local.get $k
        i32.mul
        i32.add
        local.set $sum
        local.get $n
        i32.const 1
        i32.sub
        local.set $n
        br 0
      end
    end
    local.get $sum))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 07 01 60 02 7f 7f 01
;; 7f 03 02 01 00 0a 26 01  24 01 01 7f 02 40 03 40
;; 20 00 45 0d 01 20 02 20  00 20 01 6c 6a 21 02 20
;; 00 41 01 6b 21 00 0c 00  0b 0b 20 02 0b 00 15 04
;; 6e 61 6d 65 02 0e 01 00  03 00 01 6e 01 01 6b 02
;; 03 73 75 6d
;; ir:
;; function 0(i64 context, i32, i32) -> i32 precast {
;; block0(v0: i64, v1: i32, v2: i32):
;;     v12 = iconst.i32 0  @36
;;     jump block1(v1, v12)  @1e
;; block1(v3: i32, v6: i32):
;;     v4 = iconst.i32 0  @22
;;     v5 = icmp.eq v3, v4  @22
;;     br_if v5, block2, block3  @23
;; block3:
;;     v8 = imul.i32 v3, v2  @2b
;;     v9 = iadd.i32 v6, v8  @2c
;;     v10 = iconst.i32 1  @31
;;     v11 = isub.i32 v3, v10  @33
;;     jump block1(v11, v9)  @36
;; block2:
;;     return v6  @3c
;; }
