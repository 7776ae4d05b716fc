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
	workers := min(runtime.GOMAXPROCS(0), n)
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
