;; Calls in a try_table end their block and name the handlers around them, innermost first; a throw that a handler of the function is
;; certain to take is a branch; others make the exception, fill it and call the builtin. Tail calls have no handlers.
(module
  (import "m" "t" (tag $t (param i32 f64)))
  (import "m" "u" (tag $u (param i32 f64)))
  (import "m" "f" (func $f (param i32)))
  (tag $own (param i64))
  (func $throw (param i32)
    (throw $t (local.get 0) (f64.const 1)))
  (func $caught (param i64) (result i64)
    (block $h (result i64)
      (block $all
        (try_table (catch $own $h) (catch_all $all)
          (throw $own (local.get 0))))
      (unreachable)))
  (func $nested (param i32) (result i32 f64)
    (block $h (result i32 f64)
      (block $all (result exnref)
        (try_table (catch $t $h)
          (try_table (catch_all_ref $all)
            (local.set 0 (i32.const 2))
            (call $throw (local.get 0)))
          (call $f (local.get 0)))
        (return_call $nested (local.get 0)))
      (throw_ref)))
  (func $imported (param i32) (result i32 f64)
    (block $h (result i32 f64)
      (try_table (result i32 f64) (catch $t $h)
        (throw $u (local.get 0) (f64.const 2))))))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 1e 06 60 02 7f 7c 00
;; 60 01 7f 00 60 01 7e 00  60 01 7e 01 7e 60 01 7f
;; 02 7f 7c 60 00 02 7f 7c  02 15 03 01 6d 01 74 04
;; 00 00 01 6d 01 75 04 00  00 01 6d 01 66 00 01 03
;; 05 04 01 03 04 04 0d 03  01 00 02 0a 69 04 0f 00
;; 20 00 44 00 00 00 00 00  00 f0 3f 08 00 0b 16 00
;; 02 7e 02 40 1f 40 02 00  02 01 02 00 20 00 08 02
;; 0b 0b 00 0b 0b 26 00 02  05 02 69 1f 40 01 00 00
;; 01 1f 40 01 03 01 41 02  21 00 20 00 10 01 0b 20
;; 00 10 00 0b 20 00 12 03  0b 0a 0b 0b 19 00 02 05
;; 1f 05 01 00 00 00 20 00  44 00 00 00 00 00 00 00
;; 40 08 01 0b 0b 0b 00 56  04 6e 61 6d 65 01 25 05
;; 00 01 66 01 05 74 68 72  6f 77 02 06 63 61 75 67
;; 68 74 03 06 6e 65 73 74  65 64 04 08 69 6d 70 6f
;; 72 74 65 64 03 1a 03 02  02 00 01 68 01 03 61 6c
;; 6c 03 02 00 01 68 01 03  61 6c 6c 04 01 00 01 68
;; 0b 0c 03 00 01 74 01 01  75 02 03 6f 77 6e
;; ir:
