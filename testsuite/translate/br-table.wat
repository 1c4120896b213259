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
