package linkerd

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// timeoutKeys are the annotations of timeouts.
var timeoutKeys = []string{timeoutRequest, timeoutResponse, timeoutIdle}

// timeout reads the timeout annotations; nil where there are none, and why says
// what cannot be read.
func (a annotations) timeout() (t *intent.Timeout, why string) {
	if !a.any(timeoutKeys...) {
		return nil, ""
	}
	t = &intent.Timeout{From: a.from(timeoutKeys...)}
	for _, f := range []struct {
		key string
		to  **time.Duration
	}{{timeoutRequest, &t.Request}, {timeoutResponse, &t.Response}, {timeoutIdle, &t.Idle}} {
		p, ok := a[f.key]
		if !ok {
			continue
		}
		d, ok := parseDuration(p.Value)
		if !ok {
			return nil, f.key + " " + p.Value + " is not one number with one unit"
		}
		*f.to = &d
	}
	return t, ""
}

// writeTimeout prints timeouts as annotations; request says whether that of the
// request is among them, and not in the rule itself.
func writeTimeout(t *intent.Timeout, request bool) []intent.Pair {
	if t == nil {
		return nil
	}
	var out []intent.Pair
	for _, f := range []struct {
		key string
		d   *time.Duration
	}{{timeoutIdle, t.Idle}, {timeoutRequest, t.Request}, {timeoutResponse, t.Response}} {
		if f.d != nil && (request || f.key != timeoutRequest) {
			out = append(out, intent.Pair{Key: f.key, Value: formatDuration(*f.d), From: t.From})
		}
	}
	return out
}
