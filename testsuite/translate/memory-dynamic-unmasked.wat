;; The same without masks.
;; options: dynamic-memory no-masks
(module
  (memory 1)
  (func (param i32 i32)
    local.get 0
    i32.load offset=8
    drop
    local.get 0
    local.get 1
    i32.store16 offset=65536
    i32.const 16
    i32.load
    drop))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 02 7f 7f 00
;; 03 02 01 00 05 03 01 00  01 0a 19 01 17 00 20 00
;; 28 02 08 1a 20 00 20 01  3b 01 80 80 04 41 10 28
;; 02 00 1a 0b
;; ir:
