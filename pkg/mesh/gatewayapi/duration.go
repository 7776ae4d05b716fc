package gatewayapi

import (
	"strconv"
	"time"

	"github.com/transmesh/transmesh/pkg/source"
)

// Durations are written as GEP-2257 has it: up to four numbers of at most five
// digits, each with a unit of h, m, s or ms.
// https://gateway-api.sigs.k8s.io/geps/gep-2257/

// readDuration reads a duration; nil where the field is missing.
func readDuration(n *source.Node) *time.Duration {
	if n == nil {
		return nil
	}
	d, err := time.ParseDuration(formDuration.read(n))
	if err != nil {
		return nil
	}
	return &d
}

// units of durations, the largest first.
var units = []struct {
	name string
	size time.Duration
}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}}

// most is the largest number that a unit takes.
const most = 99999

// FormatDuration writes a duration of whole milliseconds with one unit where
// that is possible, since Linkerd reads no other, and with several otherwise.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	for _, u := range units {
		if n := d / u.size; d%u.size == 0 && n <= most {
			return strconv.FormatInt(int64(n), 10) + u.name
		}
	}
	var s string
	for _, u := range units {
		if n := min(d/u.size, most); n > 0 {
			s, d = s+strconv.FormatInt(int64(n), 10)+u.name, d-n*u.size
		}
	}
	return s
}

// roundDuration rounds up to what can be written: whole milliseconds, and no
// more than 99999h.
func roundDuration(d time.Duration) time.Duration {
	if rest := d % time.Millisecond; rest != 0 {
		d += time.Millisecond - rest
	}
	return min(d, most*time.Hour)
}
