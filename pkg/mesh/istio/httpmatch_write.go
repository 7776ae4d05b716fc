package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// alternativesOf are the conjunctions of a legal rule's predicate.
func alternativesOf(e match.Expr) [][]match.Literal {
	all, ok := match.DNF(e, 1000)
	if !ok {
		panic("istio: a rule with too many alternatives")
	}
	return all
}

// writeMatches prints the alternatives of a rule, each for one port where it is
// not 0; nil is every request.
func writeMatches(p intent.Protocol, alts [][]match.Literal, port int) *manifest.Node {
	out := manifest.List()
	for _, ls := range missingApart(alts) {
		if port != 0 {
			ls = append(slices.Clone(ls), match.Literal{Atom: match.Atom{Field: match.ServicePort, Value: portText(port)}})
		}
		if len(ls) == 0 {
			return nil
		}
		if p == intent.TLS || p == intent.TCP {
			addL4Match(out, writeL4Match(ls))
			continue
		}
		out.Append(writeHTTPMatch(ls))
	}
	return out
}

// writeHTTPMatch prints one HTTPMatchRequest.
func writeHTTPMatch(ls []match.Literal) *manifest.Node {
	n := manifest.Map()
	maps := map[string]*manifest.Node{"headers": manifest.Map(), "withoutHeaders": manifest.Map(), "queryParams": manifest.Map()}
	fold := false
	for _, l := range ordered(ls) {
		a := l.Atom
		if pseudo := pseudoHeader(a.Field); l.Not && pseudo != "" {
			maps["withoutHeaders"].Set(pseudo, writeString(a))
			continue
		}
		switch a.Field {
		case match.Path:
			fold = fold || a.Fold
			n.Set("uri", writeString(a))
		case match.Method, match.Scheme, match.Authority:
			n.Set(a.Field.String(), writeString(a))
		case match.Header:
			key := "headers"
			if l.Not {
				key = "withoutHeaders"
			}
			maps[key].Set(a.Key, writeString(a))
		case match.Token:
			maps["headers"].Set("@request.auth.claims"+claimBrackets(strings.TrimPrefix(a.Key, claimKey)), writeString(a))
		case match.Query:
			maps["queryParams"].Set(a.Key, writeString(a))
		default:
			writeCaller(n, a)
		}
	}
	if fold {
		n.Set("ignoreUriCase", manifest.Bool(true))
	}
	for _, key := range []string{"headers", "withoutHeaders", "queryParams"} {
		if len(maps[key].Kids) > 0 {
			n.Set(key, maps[key])
		}
	}
	return n
}

// ordered sorts literals by field and key, as people list them.
func ordered(ls []match.Literal) []match.Literal {
	out := slices.Clone(ls)
	slices.SortStableFunc(out, func(a, b match.Literal) int {
		if c := int(a.Atom.Field) - int(b.Atom.Field); c != 0 {
			return c
		}
		return strings.Compare(a.Atom.Key, b.Atom.Key)
	})
	return out
}

// writeString prints a StringMatch; presence is an empty one. "*", which means it
// too, is no regular expression to the webhook.
func writeString(a match.Atom) *manifest.Node {
	n := manifest.Map().Because(intent.From(a.Place())...)
	switch a.Op {
	case match.Exact:
		return n.Set("exact", manifest.Str(a.Value))
	case match.Prefix:
		return n.Set("prefix", manifest.Str(a.Value))
	case match.Regex:
		return n.Set("regex", manifest.Str(a.Value))
	case match.Present:
		return n
	}
	panic("istio: a condition that no match says")
}

// writeCaller sets what a match says of the port and the calling workload.
func writeCaller(n *manifest.Node, a match.Atom) {
	value := manifest.Str(a.Value).Because(intent.From(a.Place())...)
	switch a.Field {
	case match.ServicePort:
		port, err := strconv.Atoi(a.Value)
		if err != nil {
			panic("istio: a port that is no number: " + a.Value)
		}
		n.Set("port", manifest.Int(port).Because(intent.From(a.Place())...))
	case match.ClientNamespace:
		n.Set("sourceNamespace", value)
	case match.ClientLabel:
		labels := n.Get("sourceLabels")
		if labels == nil {
			labels = manifest.Map()
			n.Set("sourceLabels", labels)
		}
		labels.Set(a.Key, value)
	default:
		panic("istio: a condition that no match says: " + a.Field.String())
	}
}

// writeL4Match prints a match of a TLS or TCP route.
func writeL4Match(ls []match.Literal) *manifest.Node {
	n := manifest.Map()
	for _, l := range ordered(ls) {
		a := l.Atom
		value := a.Value
		switch a.Op {
		case match.Suffix:
			value = "*" + value
		case match.Present:
			value = "*"
		}
		item := manifest.Str(value).Because(intent.From(a.Place())...)
		switch a.Field {
		case match.SNI:
			n.Set("sniHosts", manifest.List(item))
		case match.DestIP:
			n.Set("destinationSubnets", manifest.List(item))
		default:
			writeCaller(n, a)
		}
	}
	return n
}

// addL4Match appends a match, or its SNI to the last one that is else the same.
func addL4Match(list, n *manifest.Node) {
	if last := len(list.Kids) - 1; last >= 0 {
		a, b := list.Kids[last].Get("sniHosts"), n.Get("sniHosts")
		if a != nil && b != nil && len(list.Kids[last].Kids) == len(n.Kids) && sameBut("sniHosts", list.Kids[last].Node, n) {
			a.Append(b.Items()...)
			return
		}
	}
	list.Append(n)
}

// sameBut reports whether two maps with the same number of keys have the same
// values, apart from one key.
func sameBut(key string, a, b *manifest.Node) bool {
	for _, kid := range a.Kids {
		other := b.Get(kid.Key)
		if kid.Key != key && (other == nil || !manifest.Equal(kid.Node, other)) {
			return false
		}
	}
	return true
}
