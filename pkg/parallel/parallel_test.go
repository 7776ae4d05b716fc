package parallel

import (
	"runtime"
	"testing"
)

func TestEachDoesAllOnce(t *testing.T) {
	for _, processors := range []int{1, 2, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		for _, n := range []int{0, 1, 3, 1000} {
			times := make([]int, n)
			Each(n, func(i int) { times[i]++ })
			for i, got := range times {
				if got != 1 {
					t.Errorf("%d processors: %d of %d was done %d times", processors, i, n, got)
				}
			}
		}
	}
}

func TestRunsCoverAll(t *testing.T) {
	for _, processors := range []int{1, 2, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		for _, n := range []int{0, 1, 3, 1000} {
			next := 0
			runs := Runs(n)
			for _, r := range runs {
				if r.From != next || r.To < r.From {
					t.Errorf("%d processors: of %d, a run from %d to %d, after %d", processors, n, r.From, r.To, next)
				}
				next = r.To
			}
			if next != n || len(runs) == 0 || processors == 1 && len(runs) != 1 {
				t.Errorf("%d processors: %d runs of %d", processors, len(runs), n)
			}
		}
	}
}

func TestEachPanics(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func() {
		if recover() != "seven" {
			t.Error("the panic is lost")
		}
	}()
	Each(100, func(i int) {
		if i == 7 {
			panic("seven")
		}
	})
}
