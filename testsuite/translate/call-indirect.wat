;; Through a table that others can write: bounds, null (a fault), type.
(module
  (import "m" "t" (table $t 4 funcref))
  (type $f (func (param i32) (result i32)))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call_indirect $t (type $f))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    return_call_indirect $t (type $f)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0c 02 60 01 7f 01 7f
;; 60 02 7f 7f 01 7f 02 09  01 01 6d 01 74 01 70 00
;; 04 03 03 02 01 01 0a 15  02 09 00 20 00 20 01 11
;; 00 00 0b 09 00 20 00 20  01 13 00 00 0b 00 11 04
;; 6e 61 6d 65 04 04 01 00  01 66 05 04 01 00 01 74
;; ir:
