;; Entries that share a target share a block on the way to it.
(module
  (func (param i32) (result i32)
    block (result i32)
      block (result i32)
        block (result i32)
          i32.const 42
          local.get 0
          br_table 0 1 0 2 1
        end
        i32.const 3
        i32.add
      end
      i32.const 1
      i32.sub
      return
    end
    i32.const 1
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 03 02 01 00 0a 22 01 20  00 02 7f 02 7f 02 7f 41
;; 2a 20 00 0e 04 00 01 00  02 01 0b 41 03 6a 0b 41
;; 01 6b 0f 0b 41 01 6a 0b
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i32 42  @1f
;;     br_table v1, block1, [block2, block1, block2, block3(v2)]  @23
;; block1:
;;     jump block4(v2)  @23
;; block2:
;;     jump block5(v2)  @23
;; block5(v5: i32):
;;     v6 = iconst.i32 3  @2b
;;     v7 = iadd.i32 v5, v6  @2d
;;     jump block4(v7)  @2e
;; block4(v4: i32):
;;     v8 = iconst.i32 1  @2f
;;     v9 = isub.i32 v4, v8  @31
;;     return v9  @32
;; block3(v3: i32):
;;     v10 = iconst.i32 1  @34
;;     v11 = iadd.i32 v3, v10  @36
;;     return v11  @37
;; }
