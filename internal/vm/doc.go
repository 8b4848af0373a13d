// Package vm runs loops in plain Go, on every platform: over lanes in tiles of elements, an instruction
// at a time, and those whose elements run one by one as bytecode, with pairs of instructions made one.
package vm
