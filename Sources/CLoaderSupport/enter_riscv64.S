// 64-bit RISC-V: into compiled code and out of it. Like on the other machines the frame pointer (s0) holds the address of the
// caller's frame pointer, which the return address follows.
#if defined(__riscv) && __riscv_xlen == 64
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
#define ENTRY_EXIT_FP 40
#define ENTRY_RESUME 48
#define RESUME_PC 0
#define RESUME_SP 8
#define RESUME_FP 16
#define RESUME_VALUE 24
// The frame: the entry record, what the host's convention wants back, the frame record.
#define SAVED_INTEGERS 56
#define SAVED_FLOATS 144
#define FRAME_RECORD 240
#define FRAME_SIZE 256

    .macro each_saved operation, float_operation
    .irp number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    \operation s\number, SAVED_INTEGERS + 8 * \number - 8(sp)
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    \float_operation fs\number, SAVED_FLOATS + 8 * \number(sp)
    .endr
    .endm

    .text
    .hidden precast_thread_entry, precast_thread_serial, precast_prepare_thread, precast_record_raise, precast_record_throw

// uint32_t precast_enter(vmctx a0, code a1, slots a2, trampoline a3, state a4)
    .globl precast_enter
    .type precast_enter,@function
    .p2align 2
precast_enter:
    .cfi_startproc
    addi sp, sp, -FRAME_SIZE
    .cfi_def_cfa_offset FRAME_SIZE
    sd s0, FRAME_RECORD(sp)
    sd ra, FRAME_RECORD + 8(sp)
    .cfi_offset s0, -16
    .cfi_offset ra, -8
    addi s0, sp, FRAME_RECORD
    .cfi_def_cfa s0, 16
    each_saved sd, fsd
    .irp number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .cfi_offset s\number, SAVED_INTEGERS + 8 * \number - 8 - FRAME_SIZE
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .cfi_offset fs\number, SAVED_FLOATS + 8 * \number - FRAME_SIZE
    .endr
    la.tls.ie t0, precast_thread_serial
    add t0, t0, tp
    ld t0, 0(t0)
    ld t1, STATE_THREAD(a4)
    bne t0, t1, .Lnew_thread
.Lready:
    ld t0, CONTEXT_ENTRY(a4)
    sd t0, ENTRY_PREVIOUS(sp)
    bnez t0, .Lnested
    ld t1, STATE_STACK_SIZE(a4)         // the outermost entry sets the stack limit
    ld t2, STATE_STACK_FLOOR(a4)
    sub t0, sp, t1
    bltu sp, t1, .Lat_floor             // more stack than there are addresses below
    bgeu t0, t2, .Llimit
.Lat_floor:
    mv t0, t2
.Llimit:
    sd t0, CONTEXT_STACK_LIMIT(a4)
.Lnested:
    la.tls.ie t0, precast_thread_entry
    add t0, t0, tp
    ld t1, 0(t0)
    sd t1, ENTRY_THREAD_PREVIOUS(sp)
    ld t1, CONTEXT_EXIT_PC(a4)
    ld t2, CONTEXT_EXIT_FP(a4)
    sd t1, ENTRY_EXIT_PC(sp)
    sd t2, ENTRY_EXIT_FP(sp)
    lla t1, precast_resume
    sd t1, ENTRY_RESUME(sp)
    sd s0, ENTRY_FP(sp)
    sd a4, ENTRY_STATE(sp)
    sd sp, CONTEXT_ENTRY(a4)
    sd sp, 0(t0)                        // from here on a fault may resume below
    jalr a3
    li a0, 0
.Lleave:
    ld a4, ENTRY_STATE(sp)
    ld t0, ENTRY_PREVIOUS(sp)
    ld t1, ENTRY_EXIT_PC(sp)
    ld t2, ENTRY_EXIT_FP(sp)
    sd t0, CONTEXT_ENTRY(a4)
    sd t1, CONTEXT_EXIT_PC(a4)
    sd t2, CONTEXT_EXIT_FP(a4)
    la.tls.ie t0, precast_thread_entry
    add t0, t0, tp
    ld t1, ENTRY_THREAD_PREVIOUS(sp)
    sd t1, 0(t0)
.Lreturn:
    each_saved ld, fld
    ld ra, FRAME_RECORD + 8(sp)
    ld s0, FRAME_RECORD(sp)
    .cfi_remember_state
    .cfi_def_cfa sp, FRAME_SIZE
    .cfi_restore s0
    .cfi_restore ra
    .irp number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .cfi_restore s\number
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .cfi_restore fs\number
    .endr
    addi sp, sp, FRAME_SIZE
    .cfi_def_cfa_offset 0
    ret
    .cfi_restore_state
.Lnew_thread:                           // keeps the arguments across the call
    mv s1, a0
    mv s2, a1
    mv s3, a2
    mv s4, a3
    mv s5, a4
    mv a0, a4
    call precast_prepare_thread
    mv t0, a0
    mv a0, s1
    mv a1, s2
    mv a2, s3
    mv a3, s4
    mv a4, s5
    beqz t0, .Lready
    li a0, 2
    j .Lreturn
// A trap arrives here with sp = the entry record and s0 = its frame pointer.
    .globl precast_resume
    .hidden precast_resume
precast_resume:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    li a0, 1
    j .Lleave
    .cfi_endproc
    .size precast_enter,.-precast_enter

// void precast_raise(vmctx a0, code a1): never returns
    .globl precast_raise
    .hidden precast_raise
    .type precast_raise,@function
    .p2align 2
precast_raise:
    .cfi_startproc
    mv a2, ra
    mv a3, s0
    addi sp, sp, -16
    .cfi_def_cfa_offset 16
    sd s0, 0(sp)
    sd ra, 8(sp)
    .cfi_offset s0, -16
    .cfi_offset ra, -8
    call precast_record_raise
.Lresume:
    ld t0, RESUME_PC(a0)
    ld sp, RESUME_SP(a0)
    ld s0, RESUME_FP(a0)
    ld a0, RESUME_VALUE(a0)
    jr t0
    .cfi_endproc
    .size precast_raise,.-precast_raise

// void precast_throw(vmctx a0, exception a1): never returns
    .globl precast_throw
    .hidden precast_throw
    .type precast_throw,@function
    .p2align 2
precast_throw:
    .cfi_startproc
    mv a2, ra
    mv a3, s0
    addi sp, sp, -16
    .cfi_def_cfa_offset 16
    sd s0, 0(sp)
    sd ra, 8(sp)
    .cfi_offset s0, -16
    .cfi_offset ra, -8
    call precast_record_throw
    j .Lresume
    .cfi_endproc
    .size precast_throw,.-precast_throw

    .globl precast_throw_address
    .type precast_throw_address,@function
precast_throw_address:
    .cfi_startproc
    lla a0, precast_throw
    ret
    .cfi_endproc
    .size precast_throw_address,.-precast_throw_address

    .globl precast_raise_address
    .type precast_raise_address,@function
precast_raise_address:
    .cfi_startproc
    lla a0, precast_raise
    ret
    .cfi_endproc
    .size precast_raise_address,.-precast_raise_address
#endif
#if defined(__linux__)
    .section .note.GNU-stack,"",%progbits
#endif
