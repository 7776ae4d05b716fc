package gatewayapi

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// retry reads rules[].retry (GEP-1731, experimental channel). Besides the codes,
// connection errors are retried as the implementation does.
func (r *routeReader) retry(n *source.Node) *intent.Retry {
	switch {
	case n == nil:
		return nil
	case r.d.ignores("retry"):
		n.MarkRead()
		r.inert(n, "retry has no effect")
		return nil
	}
	out := &intent.Retry{Attempts: r.d.Retry.Attempts, On: slices.Clone(r.d.Retry.On), From: intent.From(n.Ref())}
	if a := n.Get("attempts"); a != nil {
		out.Attempts = within(a, 1, 1<<31-1)
	}
	for _, code := range n.Get("codes").Items() {
		out.On = append(out.On, intent.RetryOn(strconv.Itoa(within(code, 400, 599))))
	}
	slices.Sort(out.On)
	out.On = slices.Compact(out.On)
	out.Backoff = readDuration(n.Get("backoff"))
	n.Kind()
	out.At.Note(intent.SettingBackoff, n.Get("backoff").Ref())
	for _, code := range n.Get("codes").Items() {
		out.At.Note(intent.SettingConditions, code.Ref())
	}
	return out
}

// retryCode is the status that a condition names, as the API takes it.
func retryCode(on intent.RetryOn) (int, bool) {
	code, err := strconv.Atoi(string(on))
	return code, err == nil && code >= 400 && code <= 599
}

func writeRetry(t *intent.Retry, d Dialect) *manifest.Node {
	if t == nil || t.Attempts == 0 || d.ignores("retry") {
		return nil
	}
	n := manifest.Map().Because(t.From...)
	codes := manifest.List()
	for _, on := range t.On {
		if code, ok := retryCode(on); ok {
			codes.Append(manifest.Int(code))
		}
	}
	if len(codes.Kids) > 0 {
		n.Set("codes", codes)
	}
	n.Set("attempts", manifest.Int(t.Attempts))
	if t.Backoff != nil {
		n.Set("backoff", manifest.Str(FormatDuration(*t.Backoff)))
	}
	return n
}
