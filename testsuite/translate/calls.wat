;; Direct calls keep the context; imports are called by address with their own and the caller's.
(module
  (import "m" "f" (func $f (param i32) (result i64 f32)))
  (func $g (param i64) (result i64)
    local.get 0)
  (func (param i32) (result i64)
    local.get 0
    call $f
    drop
    call $g
    call $g)
  (func (param i64) (result i64)
    local.get 0
    return_call $g)
  (func (param i32) (result i64 f32)
    local.get 0
    return_call $f))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 11 03 60 01 7f 02 7e
;; 7d 60 01 7e 01 7e 60 01  7f 01 7e 02 07 01 01 6d
;; 01 66 00 00 03 05 04 01  02 01 00 0a 20 04 04 00
;; 20 00 0b 0b 00 20 00 10  00 1a 10 01 10 01 0b 06
;; 00 20 00 12 01 0b 06 00  20 00 12 00 0b 00 0e 04
;; 6e 61 6d 65 01 07 02 00  01 66 01 01 67
;; ir:
