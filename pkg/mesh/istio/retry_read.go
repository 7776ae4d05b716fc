package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// retries reads a retry policy; nil is the mesh's default. An empty one means no
// retries, and one without conditions has the default ones.
func (r *reader) retries(n *source.Node) *intent.Retry {
	if n == nil {
		return nil
	}
	out := &intent.Retry{Attempts: n.Get("attempts").Int(), From: intent.From(n.Ref())}
	n.Kind()
	out.At.Note(intent.SettingPerTry, n.Get("perTryTimeout").Ref())
	out.At.Note(intent.SettingBackoff, n.Get("backoff").Ref())
	out.At.Note(intent.SettingConditions, n.Get("retryOn").Ref())
	if t := n.Get("perTryTimeout"); t != nil {
		d := readDuration(t)
		out.PerTry = &d
	}
	if t := n.Get("backoff"); t != nil {
		d := readDuration(t)
		out.Backoff = &d
	}
	on := n.Get("retryOn")
	out.On, _ = parseRetryOn(strings.Split(on.Str(), ","))
	if len(out.On) == 0 && out.Attempts > 0 {
		out.On = slices.Clone(defaultRetryOn)
	}
	for _, b := range []struct {
		key string
		to  **bool
	}{{"retryIgnorePreviousHosts", &out.OtherHosts}, {"retryRemoteLocalities", &out.OtherLocalities}} {
		if x := n.Get(b.key); x != nil {
			v := x.Bool()
			*b.to = &v
			out.At.Note(intent.SettingElsewhere, x.Ref())
		}
	}
	return out
}
