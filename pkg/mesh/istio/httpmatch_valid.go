package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// longestRegex is the length up to which Istio takes regular expressions.
const longestRegex = 1024

// pseudoHeaders may stand in matches on headers.
var pseudoHeaders = []string{":method", ":scheme", ":authority", ":path", ":status"}

// claimPrefix begins the names of headers that are claims of a token.
const claimPrefix = "@request.auth.claims"

// validHTTPMatch rejects matches: pkg/config/validation
// validateHTTPRouteMatchRequest.
func validHTTPMatch(m *source.Node) {
	for _, key := range []string{"headers", "withoutHeaders"} {
		for _, e := range m.Get(key).Entries() {
			validMatchedHeader(e, key == "withoutHeaders")
		}
	}
	for _, key := range []string{"exact", "prefix"} {
		m.Get("uri").Get(key).Str()
	}
	validRegex(m.Get("uri").Get("regex"))
	for _, key := range []string{"scheme", "method", "authority"} {
		validString(m.Get(key))
	}
	for _, e := range m.Get("queryParams").Entries() {
		validString(e.Value)
	}
	validPort(m.Get("port"), true)
	validGateways(m.Get("gateways").Items())
	validLabels(m.Get("sourceLabels"))
	if ns := m.Get("sourceNamespace"); ns.Str() != "" && !isLabel(ns.Str()) {
		ns.Reject("is no namespace")
	}
}

// validMatchedHeader rejects a condition on a header. "*" is no regular
// expression but the presence of the header, for which only withoutHeaders has
// use.
func validMatchedHeader(e source.Entry, absent bool) {
	switch {
	case e.Key == "":
		e.Value.Reject("is for a header without a name")
	case !isClaim(e.Key) && !slices.Contains(pseudoHeaders, e.Key) && !headerName.MatchString(e.Key):
		e.Value.Reject("is for a header with a name that no header has")
	}
	switch {
	case e.Value.Kind() == source.Null && !absent:
		e.Value.Reject("says nothing about the header")
	case e.Value.Kind() == source.Map && !(absent && e.Value.Get("regex").Str() == "*"):
		validString(e.Value)
	}
}

// isClaim reports whether a header's name stands for a claim: the prefix, and
// then dots or brackets.
func isClaim(key string) bool {
	if len(key) < len(claimPrefix) || !strings.EqualFold(key[:len(claimPrefix)], claimPrefix) {
		return false
	}
	rest := key[len(claimPrefix):]
	return len(rest) > 1 && rest[0] == '.' || len(rest) > 2 && rest[0] == '[' && rest[len(rest)-1] == ']'
}

// noClaims rejects conditions on tokens, which only gateways read.
func noClaims(n *source.Node) {
	for _, m := range n.Get("match").Items() {
		for _, key := range []string{"headers", "withoutHeaders"} {
			for _, e := range m.Get(key).Entries() {
				if isClaim(e.Key) {
					e.Value.Reject("is about a claim of a token, which can be matched at gateways only")
				}
			}
		}
	}
}

// validString rejects string matches other than those of paths.
func validString(n *source.Node) {
	if p := n.Get("prefix"); p != nil && p.Str() == "" {
		p.Reject("is an empty prefix")
	}
	validRegex(n.Get("regex"))
}

func validRegex(n *source.Node) {
	re := n.Str()
	switch err := match.BadPattern(re); {
	case n == nil:
	case re == "":
		n.Reject("is an empty regular expression")
	case len(re) > longestRegex:
		n.Reject("is a regular expression of more than 1024 characters")
	case err != nil:
		n.RejectRegex(err)
	}
}
