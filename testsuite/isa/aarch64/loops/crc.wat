(module
  (type (;0;) (func (param i32 i32) (result i32)))
  (memory (;0;) 2)
  (global (;0;) (mut i32) i32.const 74752)
  (export "memory" (memory 0))
  (export "crc" (func 0))
  (func (;0;) (type 0) (param i32 i32) (result i32)
    (local i32)
    i32.const 0
    local.set 2
    block
      local.get 1
      i32.const 8
      i32.lt_u
      br_if 0
      i32.const -1
      local.set 2
      loop
        local.get 0
        i32.load align=1
        local.get 2
        i32.xor
        local.tee 2
        i32.const 6
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=7168
        local.get 2
        i32.const 255
        i32.and
        i32.const 2
        i32.shl
        i32.load offset=8192
        i32.xor
        local.get 2
        i32.const 14
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=6144
        i32.xor
        local.get 2
        i32.const 22
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=5120
        i32.xor
        local.get 0
        i32.const 4
        i32.add
        i32.load align=1
        local.tee 2
        i32.const 255
        i32.and
        i32.const 2
        i32.shl
        i32.load offset=4096
        i32.xor
        local.get 2
        i32.const 6
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=3072
        i32.xor
        local.get 2
        i32.const 14
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=2048
        i32.xor
        local.get 2
        i32.const 22
        i32.shr_u
        i32.const 1020
        i32.and
        i32.load offset=1024
        i32.xor
        local.set 2
        local.get 0
        i32.const 8
        i32.add
        local.set 0
        local.get 1
        i32.const -8
        i32.add
        local.tee 1
        i32.const 7
        i32.gt_u
        br_if 0
      end
      local.get 2
      i32.const -1
      i32.xor
      local.set 2
    end
    local.get 2))
