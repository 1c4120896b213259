;; Divisions and truncations check explicitly; constant divisors need no check.
;; options: no-signals
(module
  (func (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s
    i32.const 10
    i32.div_s
    local.get 1
    i32.rem_u)
  (func (param f32 f64) (result i32)
    local.get 0
    i32.trunc_f32_s
    local.get 1
    i64.trunc_f64_u
    i32.wrap_i64
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 0d 02 60 02 7f 7f 01
;; 7f 60 02 7d 7c 01 7f 03  03 02 00 01 0a 1a 02 0d
;; 00 20 00 20 01 6d 41 0a  6d 20 01 70 0b 0a 00 20
;; 00 a8 20 01 b1 a7 6a 0b
;; ir:
