package linkerd

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
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
	if text = strings.TrimSpace(text); text == "0" {
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

// roundDuration rounds up to what an annotation can say.
func roundDuration(d time.Duration) time.Duration { return roundUp(d, time.Millisecond) }

// roundTimeout rounds up to what a field of a route can say, too: there a number
// has five digits at most, so that others would need several units.
func roundTimeout(d time.Duration) time.Duration {
	for _, u := range slices.Backward(units[1:]) {
		if up := roundUp(d, u.size); oneUnit(gatewayapi.FormatDuration(up)) {
			return up
		}
	}
	return roundUp(d, time.Hour)
}

func roundUp(d, unit time.Duration) time.Duration {
	if rest := d % unit; rest != 0 {
		d += unit - rest
	}
	return d
}

func oneUnit(text string) bool {
	_, ok := parseDuration(text)
	return ok
}
