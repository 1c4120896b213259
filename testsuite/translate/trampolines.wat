;; What the host calls, and what calls the host: one each per type, structurally.
(module
  (type $unused (func (param f32)))
  (import "m" "f" (func $f (param i32 f32) (result f64 i32)))
  (import "m" "g" (func $g))
  (import "m" "h" (func $h (param i32 f32) (result f64 i32)))
  (func (export "e") (param i64 f32 i32) (result f32 i64 i32)
    local.get 1
    local.get 0
    local.get 2)
  (export "g" (func $g)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 18 04 60 01 7d 00 60
;; 02 7f 7d 02 7c 7f 60 00  00 60 03 7e 7d 7f 03 7d
;; 7e 7f 02 13 03 01 6d 01  66 00 01 01 6d 01 67 00
;; 02 01 6d 01 68 00 01 03  02 01 03 07 09 02 01 65
;; 00 03 01 67 00 01 0a 0a  01 08 00 20 01 20 00 20
;; 02 0b 00 1c 04 6e 61 6d  65 01 0a 03 00 01 66 01
;; 01 67 02 01 68 04 09 01  00 06 75 6e 75 73 65 64
;; ir:
