;; Typed references: a known function is called directly, a null one faults when something is loaded through it.
(module
  (type $f (func (param i32) (result i32)))
  (elem declare func $g)
  (func $g (type $f)
    local.get 0)
  (func (param (ref null $f) i32) (result i32)
    local.get 1
    local.get 0
    call_ref $f)
  (func (param i32) (result i32)
    local.get 0
    ref.func $g
    return_call_ref $f)
  (func (param (ref null $f) i32) (result i32)
    block $null
      local.get 1
      local.get 0
      br_on_null 1
      call_ref $f
      return
    end
    i32.const -1)
  (func (param (ref null $f)) (result (ref $f))
    block $l (result (ref $f))
      local.get 0
      br_on_non_null $l
      ref.func $g
    end
    ref.as_non_null))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 14 03 60 01 7f 01 7f
;; 60 02 63 00 7f 01 7f 60  01 63 00 01 64 00 03 06
;; 05 00 01 00 01 02 09 05  01 03 00 01 00 0a 37 05
;; 04 00 20 00 0b 08 00 20  01 20 00 14 00 0b 08 00
;; 20 00 d2 00 15 00 0b 10  00 02 40 20 01 20 00 d5
;; 01 14 00 0f 0b 41 7f 0b  0d 00 02 64 00 20 00 d6
;; 00 d2 00 0b d4 0b 00 21  04 6e 61 6d 65 01 04 01
;; 00 01 67 03 0e 02 03 01  00 04 6e 75 6c 6c 04 01
;; 00 01 6c 04 04 01 00 01  66
;; ir:
