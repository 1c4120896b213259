;; A 32-bit memory with its full reservation: no checks; offsets are folded up to the guard; addresses that every such memory has cannot fault.
(module
  (memory 2)
  (func (param i32 i64 f64) (result i32)
    local.get 0
    i32.load
    local.get 0
    i32.load8_u offset=12
    i32.add
    local.get 0
    local.get 1
    i64.store32 offset=33554424
    local.get 0
    local.get 2
    f64.store offset=8 align=1
    i32.const 131064
    i64.load
    i32.wrap_i64
    i32.add
    i32.const 131065
    i64.load
    i32.wrap_i64
    i32.add)
  (func (param i32) (result i64)
    local.get 0
    i64.load offset=33554432))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0d 02 60 03 7f 7e 7c
;; 01 7f 60 01 7f 01 7e 03  03 02 00 01 05 03 01 00
;; 02 0a 3d 02 30 00 20 00  28 02 00 20 00 2d 00 0c
;; 6a 20 00 20 01 3e 02 f8  ff ff 0f 20 00 20 02 39
;; 00 08 41 f8 ff 07 29 03  00 a7 6a 41 f9 ff 07 29
;; 03 00 a7 6a 0b 0a 00 20  00 29 03 80 80 80 10 0b
;; ir:
