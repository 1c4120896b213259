;; Calls through typed references, tests for null and of types, numbers as references.
(module
  (type $f (func (param i32) (result i32)))
  (type $open (sub (func (result i32))))
  (type $sub (sub final $open (func (result i32))))
  (table $t (export "t") 6 funcref)
  (table $typed (export "typed") 3 (ref null $f))
  (global $g (mut (ref null $f)) (ref.func $double))
  (elem (table $t) (i32.const 1) func $double $first $second)
  (elem (table $typed) (i32.const 0) func $double $triple)
  (func $double (type $f)
    local.get 0
    i32.const 2
    i32.mul)
  (func $triple (type $f)
    local.get 0
    i32.const 3
    i32.mul)
  (func $first (type $open)
    i32.const 100)
  (func $second (type $sub)
    i32.const 200)
  (func (export "known") (param i32) (result i32)
    local.get 0
    ref.func $triple
    call_ref $f)
  (func (export "global") (param i32) (result i32)
    local.get 0
    global.get $g
    call_ref $f)
  (func (export "forget")
    ref.null $f
    global.set $g)
  (func (export "tail") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    table.get $typed
    return_call_ref $f)
  (func (export "typed") (param i32 i32) (result i32)
    local.get 1
    local.get 0
    call_indirect $typed (type $f))
  (func (export "or") (param i32 i32) (result i32)
    block $null
      local.get 1
      local.get 0
      table.get $typed
      br_on_null 1
      call_ref $f
      return
    end
    i32.const -1)
  (func (export "open") (param i32) (result i32)
    local.get 0
    call_indirect $t (type $open))
  (func (export "sub") (param i32) (result i32)
    local.get 0
    call_indirect $t (type $sub))
  (func (export "is-open") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.test (ref $open))
  (func (export "is-sub") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.test (ref null $sub))
  (func (export "cast") (param i32) (result i32)
    local.get 0
    table.get $t
    ref.cast (ref $sub)
    call_ref $sub)
  (func (export "non-null") (param i32) (result i32)
    i32.const 7
    local.get 0
    table.get $typed
    ref.as_non_null
    call_ref $f)
  (func (export "number") (param i32) (result i32)
    local.get 0
    ref.i31
    extern.convert_any
    any.convert_extern
    ref.cast (ref i31)
    i31.get_s)
  (func (export "unsigned") (param i32) (result i32)
    local.get 0
    ref.i31
    i31.get_u)
  (func (export "null-number") (result i32)
    ref.null i31
    i31.get_u)
  (func (export "same") (param i32 i32) (result i32)
    local.get 0
    ref.i31
    local.get 1
    ref.i31
    ref.eq))
;; run: known(5) = 15
;; run: global(5) = 10
;; run: forget() =
;; run: global(5) trap 12
;; run: tail(0, 4) = 8
;; run: tail(1, 4) = 12
;; run: tail(2, 4) trap 12
;; run: tail(3, 4) trap 3
;; run: typed(1, 4) = 12
;; run: typed(2, 4) trap 5
;; run: or(1, 4) = 12
;; run: or(2, 4) = 4
;; run: open(2) = 100
;; run: open(3) = 200
;; run: open(1) trap 6
;; run: open(0) trap 5
;; run: sub(3) = 200
;; run: sub(2) trap 6
;; run: is-open(0) = 0
;; run: is-open(1) = 0
;; run: is-open(2) = 1
;; run: is-open(3) = 1
;; run: is-sub(0) = 1
;; run: is-sub(2) = 0
;; run: is-sub(3) = 1
;; run: cast(3) = 200
;; run: cast(2) trap 14
;; run: cast(0) trap 14
;; run: non-null(0) = 14
;; run: non-null(2) trap 11
;; run: number(-5) = 0xfffffffb
;; run: number(0x40000000) = 0xc0000000
;; run: unsigned(-1) = 0x7fffffff
;; run: null-number() trap 18
;; run: same(3, 3) = 1
;; run: same(3, 4) = 0
;; binary:
;; 00 61 73 6d 01 00 00 00  01 20 06 60 01 7f 01 7f
;; 50 00 60 00 01 7f 4f 01  01 60 00 01 7f 60 00 00
;; 60 02 7f 7f 01 7f 60 00  01 7f 03 15 14 00 00 01
;; 02 00 00 03 04 04 04 00  00 00 00 00 00 00 00 05
;; 04 04 08 02 70 00 06 63  00 00 03 06 07 01 63 00
;; 01 d2 00 0b 07 96 01 12  01 74 01 00 05 74 79 70
;; 65 64 01 01 05 6b 6e 6f  77 6e 00 04 06 67 6c 6f
;; 62 61 6c 00 05 06 66 6f  72 67 65 74 00 06 04 74
;; 61 69 6c 00 07 05 74 79  70 65 64 00 08 02 6f 72
;; 00 09 04 6f 70 65 6e 00  0a 03 73 75 62 00 0b 07
;; 69 73 2d 6f 70 65 6e 00  0c 06 69 73 2d 73 75 62
;; 00 0d 04 63 61 73 74 00  0e 08 6e 6f 6e 2d 6e 75
;; 6c 6c 00 0f 06 6e 75 6d  62 65 72 00 10 08 75 6e
;; 73 69 67 6e 65 64 00 11  0b 6e 75 6c 6c 2d 6e 75
;; 6d 62 65 72 00 12 04 73  61 6d 65 00 13 09 12 02
;; 00 41 01 0b 03 00 02 03  02 01 41 00 0b 00 02 00
;; 01 0a c6 01 14 07 00 20  00 41 02 6c 0b 07 00 20
;; 00 41 03 6c 0b 05 00 41  e4 00 0b 05 00 41 c8 01
;; 0b 08 00 20 00 d2 01 14  00 0b 08 00 20 00 23 00
;; 14 00 0b 06 00 d0 00 24  00 0b 0a 00 20 01 20 00
;; 25 01 15 00 0b 09 00 20  01 20 00 11 00 01 0b 12
;; 00 02 40 20 01 20 00 25  01 d5 01 14 00 0f 0b 41
;; 7f 0b 07 00 20 00 11 01  00 0b 07 00 20 00 11 02
;; 00 0b 09 00 20 00 25 00  fb 14 01 0b 09 00 20 00
;; 25 00 fb 15 02 0b 0b 00  20 00 25 00 fb 16 02 14
;; 02 0b 0b 00 41 07 20 00  25 01 d4 14 00 0b 0f 00
;; 20 00 fb 1c fb 1b fb 1a  fb 16 6c fb 1d 0b 08 00
;; 20 00 fb 1c fb 1e 0b 06  00 d0 6c fb 1e 0b 0b 00
;; 20 00 fb 1c 20 01 fb 1c  d3 0b 00 56 04 6e 61 6d
;; 65 01 20 04 00 06 64 6f  75 62 6c 65 01 06 74 72
;; 69 70 6c 65 02 05 66 69  72 73 74 03 06 73 65 63
;; 6f 6e 64 03 09 01 09 01  00 04 6e 75 6c 6c 04 0f
;; 03 00 01 66 01 04 6f 70  65 6e 02 03 73 75 62 05
;; 0b 02 00 01 74 01 05 74  79 70 65 64 07 04 01 00
;; 01 67
;; ir:
