package main

import (
	"os"
	"runtime/debug"
)

// A conversion holds some thirty times its input. Where that is more than ordinary
// memory, garbage is not left to grow to as much again: it is collected so often that
// all stays below so many times the input, which costs processor time.
const (
	ordinaryMemory = 1 << 30
	timesInput     = 32
)

// sparing bounds the memory for an input of so many bytes. Who sets GOGC or GOMEMLIMIT
// knows better.
func sparing(bytes int) {
	for _, key := range []string{"GOGC", "GOMEMLIMIT"} {
		if _, set := os.LookupEnv(key); set {
			return
		}
	}
	debug.SetMemoryLimit(max(ordinaryMemory, int64(timesInput*bytes)))
}
