package translate

import (
	"fmt"
	"io"
	"runtime/metrics"
	"testing"
	"time"
)

// BenchmarkHeap is the most memory that is alive at once while the input of
// BenchmarkTranslate is converted, as collections of garbage see it.
func BenchmarkHeap(b *testing.B) {
	for _, n := range sizes {
		data := generate(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var most uint64
			for b.Loop() {
				most = max(most, liveDuring(func() { translateAll(data, io.Discard) }))
			}
			b.ReportMetric(float64(most)/1024/float64(n), "KB/doc")
		})
	}
}

// liveDuring samples the live heap every millisecond.
func liveDuring(work func()) (most uint64) {
	done, sampled := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
			select {
			case <-done:
				sampled <- peak
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	work()
	close(done)
	return <-sampled
}
