package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Hostname is a hostname of a route or listener, perhaps with a leading "*.",
// which stands for one or more labels.
type Hostname struct {
	Name string
	From intent.Origin
}

// anyHostname is what a listener and a route without hostnames serve.
const anyHostname = "*"

// ReadHostnames reads spec.hostnames.
func ReadHostnames(n *source.Node) []Hostname { return readHostnames(n, 16) }

func readHostnames(n *source.Node, most int) []Hostname {
	var out []Hostname
	for _, item := range atMost(n, most) {
		out = append(out, Hostname{Name: formHost.read(item), From: intent.From(item.Ref())})
	}
	return out
}

// HostCondition is the condition that the request's host is one of hostnames;
// it holds always where there are none.
func HostCondition(hosts []Hostname) match.Expr { return oneOf(match.Host, hosts) }

// oneOf is the condition that an attribute is one of some names.
func oneOf(f match.Field, hosts []Hostname) match.Expr {
	if len(hosts) == 0 {
		return match.True
	}
	var any match.Or
	for _, h := range hosts {
		a := match.Atom{Field: f, Op: match.Exact, Value: h.Name}
		if suffix, ok := strings.CutPrefix(h.Name, "*"); ok {
			a.Op, a.Value = match.Suffix, suffix
		}
		if len(h.From) > 0 {
			a.Ref = &h.From[0]
		}
		any = append(any, a)
	}
	return match.Simplify(any)
}

// intersect is the more specific of two hostnames that overlap.
// https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec hostnames
func intersect(a, b string) (string, bool) {
	switch {
	case a == b || b == anyHostname:
		return a, true
	case a == anyHostname || covers(a, b):
		return b, true
	case covers(b, a):
		return a, true
	}
	return "", false
}

// covers reports whether a wildcard takes in another name.
func covers(wildcard, name string) bool {
	suffix, ok := strings.CutPrefix(wildcard, "*")
	return ok && len(name) > len(suffix) && strings.HasSuffix(name, suffix)
}
