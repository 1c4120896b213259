;; Through a table that is known at compile time: code distance and type id come from read-only data.
(module
  (type $f (func (param i32) (result i32)))
  (type $g (func))
  (type $h (func (param i32) (result i32)))
  (table 3 3 funcref)
  (elem (i32.const 1) func $a $b)
  (func $a (type $h)
    local.get 0)
  (func $b (type $g))
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call_indirect (type $h))
  (func (param i32)
    local.get 0
    return_call_indirect (type $g)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 18 05 60 01 7f 01 7f
;; 60 00 00 60 01 7f 01 7f  60 02 7f 7f 01 7f 60 01
;; 7f 00 03 05 04 02 01 03  04 04 05 01 70 01 03 03
;; 09 08 01 00 41 01 0b 02  00 01 0a 1b 04 04 00 20
;; 00 0b 02 00 0b 09 00 20  00 20 01 11 02 00 0b 07
;; 00 20 00 13 01 00 0b 00  1a 04 6e 61 6d 65 01 07
;; 02 00 01 61 01 01 62 04  0a 03 00 01 66 01 01 67
;; 02 01 68
;; ir:
