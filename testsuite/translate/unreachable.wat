;; Code that control does not reach is validated and leaves no trace.
(module
  (func (param i32) (result i32)
    block (result i32)
      local.get 0
      if
        unreachable
        i32.const 0
        if
          nop
        else
          loop
            br 0
          end
        end
      end
      i32.const 1
      br 0
      i32.add
      br_table 0 0
    end
    return
    block
      br 0
    end
    unreachable))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 03 02 01 00 0a 29 01 27  00 02 7f 20 00 04 40 00
;; 41 00 04 40 01 05 03 40  0c 00 0b 0b 0b 41 01 0c
;; 00 6a 0e 01 00 00 0b 0f  02 40 0c 00 0b 00 0b
;; ir:
;; function 0(i64 context, i32) -> i32 precast {
;; block0(v0: i64, v1: i32):
;;     br_if v1, block1, block2  @1d
;; block1 cold:
;;     trap 1  @1f
;; block2:
;;     v2 = iconst.i32 1  @2d
;;     jump block3(v2)  @2f
;; block3(v3: i32):
;;     return v3  @37
;; }
