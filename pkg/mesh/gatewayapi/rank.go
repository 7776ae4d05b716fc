package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// rank is what implementations rank one match by. Two ranks are compared only
// for requests that both matches accept.
type rank struct {
	path             *match.Atom // nil matches all paths
	host             *match.Atom // of Linkerd's routes on Services, and the server of TLS
	method           bool
	headers, queries int
}

// alternatives bounds the normal form of one rule's predicate: an object holds
// at most 128 matches.
const alternatives = 1024

// rankOf counts the conditions of one match.
func rankOf(ls []match.Literal) rank {
	var r rank
	for i := range ls {
		a := &ls[i].Atom
		switch {
		case ls[i].Not:
		case a.Field == match.Path:
			r.path = a
		case a.Field == match.Host || a.Field == match.SNI:
			r.host = a
		case a.Field == match.Method:
			r.method = true
		case a.Field == match.Header:
			r.headers++
		case a.Field == match.Query:
			r.queries++
		}
	}
	return r
}

// compare says how a rank stands against another: Ahead, Behind or Level. It is
// for orders in which this does not depend on the request.
type standing int

const (
	behind standing = iota - 1
	level
	ahead
)

// more is ahead for the larger number.
func more(a, b int) standing {
	switch {
	case a > b:
		return ahead
	case a < b:
		return behind
	}
	return level
}

// flag is ahead for the one that has it.
func flag(a, b bool) standing {
	switch {
	case a && !b:
		return ahead
	case b && !a:
		return behind
	}
	return level
}

// first is the first standing that is not level.
func first(all ...standing) standing {
	for _, s := range all {
		if s != level {
			return s
		}
	}
	return level
}

// prefixLength is the length that counts of a prefix: a trailing slash does not,
// and no path is the prefix "/".
func prefixLength(a *match.Atom) int {
	if a == nil {
		return len("/")
	}
	if trimmed := strings.TrimRight(a.Value, "/"); trimmed != "" {
		return len(trimmed)
	}
	return len("/")
}

// opOf is the path's operator; no path is the prefix "/".
func opOf(a *match.Atom) match.Op {
	if a == nil {
		return match.Segments
	}
	return a.Op
}
