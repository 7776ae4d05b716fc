package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// What proxies whose prefixes are of characters, and which know hosts by the authority
// that clients send, say in other words.

// AsPrefix is a prefix of segments as the path itself and what is below it.
func AsPrefix(a match.Atom) match.Expr {
	prefix := strings.TrimRight(a.Value, "/")
	if prefix == "" {
		return match.True
	}
	exact, below := a, a
	exact.Op, exact.Value = match.Exact, prefix
	below.Op, below.Value = match.Prefix, prefix+"/"
	return match.Or{exact, below}
}

// OnAuthority is a condition on the host, whose port clients may send, as one on the
// authority; the condition itself where no expression means that.
func OnAuthority(a match.Atom) match.Expr {
	a.Fold = true
	text, ok := Regex(a)
	if !ok {
		return a
	}
	a.Field, a.Op, a.Value, a.Fold = match.Authority, match.Regex, "(?:"+text+")(:[0-9]+)?", false
	return a
}
