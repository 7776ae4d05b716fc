// Package parallel does many things that do not depend on each other, on as many
// processors as the program has. It is a leaf that any package may import.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each does every thing from 0 to n-1 once, and returns when all are done. Their
// order is not known: each is to leave its result in a place of its own. With one
// processor they are done in order. If one panics, Each does.
func Each(n int, do func(i int)) {
	workers := min(processors(), n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	failed := make(chan any, workers)
	for range workers {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed <- r
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
	select {
	case r := <-failed:
		panic(r)
	default:
	}
}

// All does several things, and returns when all are done, as Each does.
func All(do ...func()) { Each(len(do), func(i int) { do[i]() }) }

// Several reports whether there is more than one processor, for who would otherwise do
// things one after the other in the same memory.
func Several() bool { return processors() > 1 }

func processors() int { return runtime.GOMAXPROCS(0) }

// Run are the things from From to To-1.
type Run struct{ From, To int }

// runsPerProcessor are enough that no processor waits long for another.
const runsPerProcessor = 4

// Runs cuts n things into runs for Each, where what is learned of one thing helps with
// the next: one run where there is one processor, and a few for each where there are
// more. There is at least one.
func Runs(n int) []Run {
	runs := 1
	if Several() {
		runs = max(1, min(n, processors()*runsPerProcessor))
	}
	out := make([]Run, runs)
	for i := range out {
		out[i] = Run{i * n / runs, (i + 1) * n / runs}
	}
	return out
}
