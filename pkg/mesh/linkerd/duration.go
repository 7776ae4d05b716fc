package linkerd

import (
	"strconv"
	"strings"
	"time"
)

// units of durations, the largest first.
var units = []struct {
	name string
	size time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}}

// parseDuration reads a duration as Linkerd does: one integer with one unit, or
// 0. Compound durations and fractions are not read.
// linkerd2 policy-controller/k8s/index/src/outbound/index.rs parse_duration
func parseDuration(text string) (time.Duration, bool) {
	if text == "0" {
		return 0, true
	}
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseInt(number, 10, 64)
	for _, u := range units {
		if u.name == text[len(number):] && err == nil && n >= 0 && n <= int64(1<<62)/int64(u.size) {
			return time.Duration(n) * u.size, true
		}
	}
	return 0, false
}

// formatDuration writes a duration of whole milliseconds in the largest unit that
// it is a multiple of.
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	for _, u := range units[1:] {
		if d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d/time.Millisecond), 10) + "ms"
}

// roundDuration rounds up to what can be written.
func roundDuration(d time.Duration) time.Duration {
	if rest := d % time.Millisecond; rest != 0 {
		d += time.Millisecond - rest
	}
	return d
}
