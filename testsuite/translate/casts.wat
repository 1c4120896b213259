;; Tests of a function's type: one comparison where no other type extends it, else the loader decides out of line. Numbers are tagged.
(module
  (type $open (sub (func)))
  (type $final (sub final $open (func)))
  (table (export "t") 1 funcref)
  (func (param funcref) (result i32)
    local.get 0
    ref.test (ref $final))
  (func (param (ref func)) (result (ref $open))
    local.get 0
    ref.cast (ref $open))
  (func (param i32)
    local.get 0
    call_indirect (type $open))
  (func (param anyref) (result i32)
    block $l (result (ref i31))
      local.get 0
      br_on_cast $l anyref (ref i31)
      drop
      i32.const 0
      return
    end
    i31.get_s)
  (func (param i32) (result i32)
    local.get 0
    ref.i31
    ref.test (ref eq)))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 26 07 50 00 60 00 00
;; 4f 01 00 60 00 00 60 01  70 01 7f 60 01 64 70 01
;; 64 00 60 01 7f 00 60 01  6e 01 7f 60 01 7f 01 7f
;; 03 06 05 02 03 04 05 06  04 04 01 70 00 01 07 05
;; 01 01 74 01 00 0a 38 05  07 00 20 00 fb 14 01 0b
;; 07 00 20 00 fb 16 00 0b  07 00 20 00 11 00 00 0b
;; 14 00 02 64 6c 20 00 fb  18 01 00 6e 6c 1a 41 00
;; 0f 0b fb 1d 0b 09 00 20  00 fb 1c fb 14 6d 0b 00
;; 1d 04 6e 61 6d 65 03 06  01 03 01 00 01 6c 04 0e
;; 02 00 04 6f 70 65 6e 01  05 66 69 6e 61 6c
;; ir:
