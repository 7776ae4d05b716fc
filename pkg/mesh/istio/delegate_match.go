package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// within reports whether Istio takes a match of a delegate's rule for one within a match
// of the rule that delegates.
// istio pilot/pkg/model/virtualservice.go hasConflict
func within(leaf, root *source.Node) bool {
	for _, key := range []string{"uri", "scheme", "method", "authority"} {
		if !stringWithin(leaf.Get(key), root.Get(key)) {
			return false
		}
	}
	for _, key := range []string{"headers", "withoutHeaders", "queryParams"} {
		for _, e := range leaf.Get(key).Entries() {
			if !stringWithin(e.Value, root.Get(key).Get(e.Key)) {
				return false
			}
		}
	}
	for _, e := range leaf.Get("sourceLabels").Entries() {
		if other := root.Get("sourceLabels").Get(e.Key); other != nil && other.Str() != e.Value.Str() {
			return false
		}
	}
	ports := [2]int{root.Get("port").Int(), leaf.Get("port").Int()}
	ns := root.Get("sourceNamespace").Str()
	switch {
	case root.Get("ignoreUriCase").Bool() != leaf.Get("ignoreUriCase").Bool(), ports[0] > 0 && ports[1] > 0 && ports[0] != ports[1], ns != "" && leaf.Get("sourceNamespace").Str() != ns:
		return false
	}
	gateways, own := gatewaysOf(root), gatewaysOf(leaf)
	return len(gateways) == 0 || !slices.ContainsFunc(own, func(g string) bool { return !slices.Contains(gateways, g) })
}

// stringWithin does so for what both say of one string. Of a regular expression, or of
// presence, nothing is known.
func stringWithin(leaf, root *source.Node) bool {
	if leaf == nil || root == nil {
		return true
	}
	said := func(n *source.Node) (exact, prefix string, known bool) {
		exact, prefix = n.Get("exact").Str(), n.Get("prefix").Str()
		return exact, prefix, n.Get("regex").Str() == "" && exact+prefix != ""
	}
	exact, prefix, known := said(root)
	is, begins, knownToo := said(leaf)
	switch {
	case !known || !knownToo:
		return false
	case exact != "":
		return begins == "" && is == exact
	case begins != "":
		return strings.HasPrefix(begins, prefix)
	}
	return strings.HasPrefix(is, prefix)
}
