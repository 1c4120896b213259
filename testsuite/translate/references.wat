;; References and tables.
(module
  (table $t 1 10 externref)
  (table $u 2 funcref)
  (elem $s func $f)
  (func $f (param i32 externref) (result externref)
    local.get 0
    local.get 1
    table.set $t
    local.get 0
    table.get $t)
  (func (param i32) (result i32)
    ref.func $f
    local.get 0
    table.grow $u
    drop
    ref.null extern
    ref.is_null
    table.size $t
    i32.add)
  (func (param i32 i32)
    local.get 0
    ref.null func
    local.get 1
    table.fill $u
    local.get 0
    local.get 1
    i32.const 3
    table.copy $u $u
    local.get 0
    i32.const 0
    i32.const 1
    table.init $u $s
    elem.drop $s))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 11 03 60 02 7f 6f 01
;; 6f 60 01 7f 01 7f 60 02  7f 7f 00 03 04 03 00 01
;; 02 04 08 02 6f 01 01 0a  70 00 02 09 05 01 01 00
;; 01 00 0a 43 03 0c 00 20  00 20 01 26 00 20 00 25
;; 00 0b 11 00 d2 00 20 00  fc 0f 01 1a d0 6f d1 fc
;; 10 00 6a 0b 22 00 20 00  d0 70 20 01 fc 11 01 20
;; 00 20 01 41 03 fc 0e 01  01 20 00 41 00 41 01 fc
;; 0c 00 01 fc 0d 00 0b 00  1a 04 6e 61 6d 65 01 04
;; 01 00 01 66 05 07 02 00  01 74 01 01 75 08 04 01
;; 00 01 73
;; ir:
