// AArch64: into compiled code and out of it.
#if defined(__aarch64__)
#define CONTEXT_STACK_LIMIT 0
#define CONTEXT_EXIT_PC 48
#define CONTEXT_EXIT_FP 56
#define CONTEXT_ENTRY 64
#define STATE_THREAD 128
#define STATE_STACK_FLOOR 136
#define STATE_STACK_SIZE 144
#define ENTRY_PREVIOUS 0
#define ENTRY_THREAD_PREVIOUS 8
#define ENTRY_FP 16
#define ENTRY_STATE 24
#define ENTRY_EXIT_PC 32
#define ENTRY_RESUME 48
#define RESUME_PC 0
#define RESUME_FP 16
#define RESUME_VALUE 24
#define RESUME_SAVED 32
// The frame: the entry record, what the host's convention wants back (compiled code keeps no vector register), the frame record.
#define SAVED_INTEGERS 64
#define SAVED_FLOATS 144
#define FRAME_SIZE 208

// Landing pads of indirect branches: no-operations without branch target identification.
    .macro target_of_call
    hint #34                            // bti c
    .endm
    .macro target_of_jump
    hint #38                            // bti jc
    .endm
    .macro thread_local register, symbol
    mrs \register, tpidr_el0
    adrp x16, :gottprel:\symbol
    ldr x16, [x16, :gottprel_lo12:\symbol]
    add \register, \register, x16
    .endm

    .text
    .hidden precast_thread_entry, precast_thread_serial, precast_prepare_thread, precast_record_raise, precast_record_throw

// uint32_t precast_enter(vmctx x0, code x1, slots x2, trampoline x3, state x4)
    .globl precast_enter
    .type precast_enter,%function
    .p2align 4
precast_enter:
    .cfi_startproc
    target_of_call
    stp x29, x30, [sp, #-16]!
    .cfi_def_cfa_offset 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    mov x29, sp
    .cfi_def_cfa x29, 16
    sub sp, sp, #FRAME_SIZE
    stp x19, x20, [sp, #SAVED_INTEGERS]
    stp x21, x22, [sp, #SAVED_INTEGERS + 16]
    stp x23, x24, [sp, #SAVED_INTEGERS + 32]
    stp x25, x26, [sp, #SAVED_INTEGERS + 48]
    stp x27, x28, [sp, #SAVED_INTEGERS + 64]
    stp d8, d9, [sp, #SAVED_FLOATS]
    stp d10, d11, [sp, #SAVED_FLOATS + 16]
    stp d12, d13, [sp, #SAVED_FLOATS + 32]
    stp d14, d15, [sp, #SAVED_FLOATS + 48]
    .cfi_offset x19, -160
    .cfi_offset x20, -152
    .cfi_offset x21, -144
    .cfi_offset x22, -136
    .cfi_offset x23, -128
    .cfi_offset x24, -120
    .cfi_offset x25, -112
    .cfi_offset x26, -104
    .cfi_offset x27, -96
    .cfi_offset x28, -88
    .cfi_offset b8, -80
    .cfi_offset b9, -72
    .cfi_offset b10, -64
    .cfi_offset b11, -56
    .cfi_offset b12, -48
    .cfi_offset b13, -40
    .cfi_offset b14, -32
    .cfi_offset b15, -24
    thread_local x10, precast_thread_serial
    ldr x10, [x10]
    ldr x11, [x4, #STATE_THREAD]
    cmp x10, x11
    b.ne .Lnew_thread
.Lready:
    ldr x10, [x4, #CONTEXT_ENTRY]
    cbnz x10, .Lnested
    ldp x11, x12, [x4, #STATE_STACK_FLOOR]
    mov x13, sp                         // the outermost entry sets the stack limit
    subs x12, x13, x12
    csel x12, xzr, x12, lo              // more stack than there are addresses below
    cmp x12, x11
    csel x12, x11, x12, lo
    str x12, [x4, #CONTEXT_STACK_LIMIT]
.Lnested:
    thread_local x11, precast_thread_entry
    ldr x12, [x11]
    stp x10, x12, [sp, #ENTRY_PREVIOUS]
    stp x29, x4, [sp, #ENTRY_FP]
    ldp x10, x12, [x4, #CONTEXT_EXIT_PC]
    stp x10, x12, [sp, #ENTRY_EXIT_PC]
    adr x10, precast_resume
    str x10, [sp, #ENTRY_RESUME]
    mov x10, sp
    str x10, [x4, #CONTEXT_ENTRY]
    str x10, [x11]                      // from here on a fault may resume below
    blr x3
    mov w0, #0
.Lleave:
    ldp x10, x12, [sp, #ENTRY_PREVIOUS]
    ldr x4, [sp, #ENTRY_STATE]
    ldp x13, x14, [sp, #ENTRY_EXIT_PC]
    str x10, [x4, #CONTEXT_ENTRY]
    stp x13, x14, [x4, #CONTEXT_EXIT_PC]
    thread_local x11, precast_thread_entry
    str x12, [x11]
.Lreturn:
    ldp x19, x20, [sp, #SAVED_INTEGERS]
    ldp x21, x22, [sp, #SAVED_INTEGERS + 16]
    ldp x23, x24, [sp, #SAVED_INTEGERS + 32]
    ldp x25, x26, [sp, #SAVED_INTEGERS + 48]
    ldp x27, x28, [sp, #SAVED_INTEGERS + 64]
    ldp d8, d9, [sp, #SAVED_FLOATS]
    ldp d10, d11, [sp, #SAVED_FLOATS + 16]
    ldp d12, d13, [sp, #SAVED_FLOATS + 32]
    ldp d14, d15, [sp, #SAVED_FLOATS + 48]
    mov sp, x29
    ldp x29, x30, [sp], #16
    .cfi_remember_state
    .cfi_def_cfa sp, 0
    .cfi_restore x29
    .cfi_restore x30
    .cfi_restore x19
    .cfi_restore x20
    .cfi_restore x21
    .cfi_restore x22
    .cfi_restore x23
    .cfi_restore x24
    .cfi_restore x25
    .cfi_restore x26
    .cfi_restore x27
    .cfi_restore x28
    .cfi_restore b8
    .cfi_restore b9
    .cfi_restore b10
    .cfi_restore b11
    .cfi_restore b12
    .cfi_restore b13
    .cfi_restore b14
    .cfi_restore b15
    ret
    .cfi_restore_state
.Lnew_thread:                           // keeps the arguments across the call
    stp x0, x1, [sp, #-48]!
    stp x2, x3, [sp, #16]
    str x4, [sp, #32]
    mov x0, x4
    bl precast_prepare_thread
    mov w10, w0
    ldp x2, x3, [sp, #16]
    ldr x4, [sp, #32]
    ldp x0, x1, [sp], #48
    cbz w10, .Lready
    mov w0, #2
    b .Lreturn
// A trap arrives here with sp = the entry record and x29 = its frame pointer.
    .globl precast_resume
    .hidden precast_resume
precast_resume:
    target_of_jump
    mov w0, #1
    b .Lleave
    .cfi_endproc
    .size precast_enter,.-precast_enter

// void precast_raise(vmctx x0, code x1): never returns
    .globl precast_raise
    .hidden precast_raise
    .type precast_raise,%function
    .p2align 4
precast_raise:
    .cfi_startproc
    target_of_call
    mov x2, x30
    mov x3, x29
    stp x29, x30, [sp, #-16]!
    .cfi_def_cfa_offset 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    mov x29, sp
    bl precast_record_raise
.Lresume:
    stp x19, x20, [x0, #RESUME_SAVED]   // for a core dump
    stp x21, x22, [x0, #RESUME_SAVED + 16]
    stp x23, x24, [x0, #RESUME_SAVED + 32]
    stp x25, x26, [x0, #RESUME_SAVED + 48]
    stp x27, x28, [x0, #RESUME_SAVED + 64]
    ldp x16, x10, [x0, #RESUME_PC]      // x16: the branch may go to any landing pad
    ldp x29, x0, [x0, #RESUME_FP]
    mov sp, x10
    br x16
    .cfi_endproc
    .size precast_raise,.-precast_raise

// void precast_throw(vmctx x0, exception x1): never returns
    .globl precast_throw
    .hidden precast_throw
    .type precast_throw,%function
    .p2align 4
precast_throw:
    .cfi_startproc
    target_of_call
    mov x2, x30
    mov x3, x29
    stp x29, x30, [sp, #-16]!
    .cfi_def_cfa_offset 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    mov x29, sp
    bl precast_record_throw
    b .Lresume
    .cfi_endproc
    .size precast_throw,.-precast_throw

    .globl precast_throw_address
    .type precast_throw_address,%function
precast_throw_address:
    .cfi_startproc
    target_of_call
    adr x0, precast_throw
    ret
    .cfi_endproc
    .size precast_throw_address,.-precast_throw_address

    .globl precast_raise_address
    .type precast_raise_address,%function
precast_raise_address:
    .cfi_startproc
    target_of_call
    adr x0, precast_raise
    ret
    .cfi_endproc
    .size precast_raise_address,.-precast_raise_address

// This file keeps to branch target identification.
    .section .note.gnu.property,"a",%note
    .p2align 3
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xc0000000, 4, 1, 0
#endif
#if defined(__linux__)
    .section .note.GNU-stack,"",%progbits
#endif
