package istio

import (
	"time"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// grain is the shortest duration, and what all are multiples of. Nothing is
// unlimited by 0: pkg/config/validation/agent ValidateDuration.
const grain = time.Millisecond

// readDuration reads a duration as Istio accepts it.
func readDuration(n *source.Node) time.Duration {
	d := n.Duration()
	switch {
	case n == nil || len(n.Problems()) > 0:
	case d < grain:
		n.Reject("is less than a millisecond")
	case d%grain != 0:
		n.Reject("is no whole number of milliseconds")
	}
	return d
}

// optionalDuration is readDuration of a value that may be missing.
func optionalDuration(n *source.Node) *time.Duration {
	if n == nil {
		return nil
	}
	d := readDuration(n)
	return &d
}

// idleTimeout is optionalDuration of connections' idle time, which 0 switches off.
func idleTimeout(n *source.Node) *time.Duration {
	if d := n.Duration(); n != nil && d == 0 {
		return new(time.Duration)
	}
	return optionalDuration(n)
}

func writeDuration(d time.Duration) *manifest.Node {
	return manifest.Str(seconds(d))
}
