;; Growth and bulk operations are builtins; a negative result raises what the loader left pending.
(module
  (memory 1)
  (data $d "abc")
  (func (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    memory.fill
    local.get 0
    local.get 1
    local.get 2
    memory.copy
    local.get 0
    i32.const 1
    i32.const 2
    memory.init $d
    data.drop $d
    memory.size
    local.get 0
    memory.grow
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 08 01 60 03 7f 7f 7f
;; 01 7f 03 02 01 00 05 03  01 00 01 0c 01 01 0a 2b
;; 01 29 00 20 00 20 01 20  02 fc 0b 00 20 00 20 01
;; 20 02 fc 0a 00 00 20 00  41 01 41 02 fc 08 00 00
;; fc 09 00 3f 00 20 00 40  00 6a 0b 0b 06 01 01 03
;; 61 62 63 00 0b 04 6e 61  6d 65 09 04 01 00 01 64
;; ir:
