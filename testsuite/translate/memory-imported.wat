;; Imported memories: the descriptor is reached through the context.
;; options: multi-memory
(module
  (import "m" "a" (memory 1))
  (memory 1)
  (func (param i32) (result i32)
    local.get 0
    i32.load 0
    local.get 0
    i32.load 0 offset=4
    i32.add
    local.get 0
    i32.load 1
    i32.add
    memory.size 0
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 06 01 60 01 7f 01 7f
;; 02 08 01 01 6d 01 61 02  00 01 03 02 01 00 05 03
;; 01 00 01 0a 19 01 17 00  20 00 28 02 00 20 00 28
;; 02 04 6a 20 00 28 42 01  00 6a 3f 00 6a 0b
;; ir:
