/* SPDX-License-Identifier: MIT */
/*
 * Entry of the fake kernels: QEMU's -kernel finds the address in a Xen PVH note and jumps there in
 * 32-bit mode, paging off, with the start info's address in EBX.
 */
	.section .note.pvh, "a", @note
	.balign 4
	.long	4, 8, 18	/* name size, value size, XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	_start, 0

	.text
	.code32
	.globl	_start
_start:
	cld
	movl	$stack_end, %esp
	pushl	%ebx
	call	fake_main

	/* Ends that a test finds by their address: see the linker's map. */
	.globl	fake_halt
fake_halt:
	cli
	hlt
	jmp	fake_halt

	.globl	fake_spin
fake_spin:
	cli
	jmp	.

	/* An exception without any handler is a triple fault. */
	.globl	fake_reset
fake_reset:
	lidt	no_idt
	ud2

	.balign 4
no_idt:
	.word	0
	.long	0

	.bss
	.balign 16
	.skip	16384
stack_end:

	.section .note.GNU-stack, "", @progbits
