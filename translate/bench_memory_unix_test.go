//go:build unix

package translate

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkMemory is the most memory that the command takes to convert 100,000
// documents like those of BenchmarkTranslate, as the operating system sees it.
func BenchmarkMemory(b *testing.B) {
	const n = 100000
	dir := b.TempDir()
	input, command := filepath.Join(dir, "in.yaml"), filepath.Join(dir, "transmesh")
	if err := os.WriteFile(input, generate(n), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", command, "../examples/transmesh").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	var most, cpu float64
	for b.Loop() {
		run := exec.Command(command, "convert", "--from", "istio", "--to", "linkerd", "-f", input, "-o", filepath.Join(dir, "out.yaml"), "--fail-on", "never")
		if out, err := run.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out[max(0, len(out)-1000):])
		}
		most = max(most, float64(run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)) // KiB, but for Darwin's bytes
		cpu += (run.ProcessState.UserTime() + run.ProcessState.SystemTime()).Seconds()
	}
	b.ReportMetric(most/(1<<20), "GiB")
	b.ReportMetric(cpu/float64(b.N)*1e6/n, "cpu-µs/doc")
	b.ReportMetric(0, "ns/op")
}
