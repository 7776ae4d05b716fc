package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// WriteMatches prints a predicate as the entries of rules[].matches; nil where
// it holds always. Every literal must be one that Can allows.
func WriteMatches(e match.Expr, p intent.Protocol) *manifest.Node {
	all, _ := match.DNF(e, alternatives)
	list := manifest.List()
	for _, ls := range all {
		if len(ls) == 0 {
			return nil
		}
		list.Append(writeMatch(ls, p))
	}
	return list
}

// writeMatch prints one conjunction.
func writeMatch(ls []match.Literal, p intent.Protocol) *manifest.Node {
	n := manifest.Map()
	headers, queries := manifest.List(), manifest.List()
	var path, method *manifest.Node
	for _, l := range ls {
		a := l.Atom
		switch a.Field {
		case match.Path:
			if p == intent.GRPC {
				method = writeGRPC(a)
			} else {
				path = writePath(a)
			}
		case match.Method:
			method = manifest.Str(a.Value).Because(a.Place())
		case match.Header:
			headers.Append(writeNamed(a))
		case match.Query:
			queries.Append(writeNamed(a))
		}
	}
	if p == intent.GRPC {
		return n.Set("method", method).Set("headers", filled(headers))
	}
	return n.Set("path", path).Set("headers", filled(headers)).Set("queryParams", filled(queries)).Set("method", method)
}

// filled is a list, or nil for an empty one.
func filled(list *manifest.Node) *manifest.Node {
	if len(list.Kids) == 0 {
		return nil
	}
	return list
}

func writePath(a match.Atom) *manifest.Node {
	kind := map[match.Op]string{match.Exact: typeExact, match.Segments: typePrefix, match.Regex: typeRegex}[a.Op]
	return manifest.Map().Because(a.Place()).Set("type", manifest.Str(kind)).Set("value", manifest.Str(pattern(a)))
}

// pattern is the value of an atom, a regular expression that ignores case by a
// flag.
func pattern(a match.Atom) string {
	if a.Op == match.Regex && a.Fold {
		return "(?i:" + a.Value + ")"
	}
	return a.Value
}

func writeGRPC(a match.Atom) *manifest.Node {
	kind, service, method, _ := grpcMethod(a)
	n := manifest.Map().Because(a.Place())
	if kind == typeRegex {
		n.Set("type", manifest.Str(kind))
	}
	if service != "" {
		n.Set("service", manifest.Str(service))
	}
	if method != "" {
		n.Set("method", manifest.Str(method))
	}
	return n
}

// writeNamed prints a condition on a header or query parameter.
func writeNamed(a match.Atom) *manifest.Node {
	n := manifest.Map().Because(a.Place())
	if a.Op == match.Regex {
		n.Set("type", manifest.Str(typeRegex))
	}
	return n.Set("name", manifest.Str(a.Key)).Set("value", manifest.Str(pattern(a)))
}

// withoutHosts splits a predicate by its conditions on the host: for each set
// of hostnames, the rest. Hostnames belong to the object and not to the rule.
func withoutHosts(e match.Expr) []hosted { return withoutField(e, match.Host) }

func withoutField(e match.Expr, f match.Field) []hosted {
	all, ok := match.DNF(e, alternatives)
	if !ok {
		return []hosted{{when: e}}
	}
	var out []hosted
	for _, ls := range all {
		host := ""
		rest := slices.DeleteFunc(slices.Clone(ls), func(l match.Literal) bool {
			if l.Atom.Field == f {
				host = hostnameOf(l.Atom)
				return true
			}
			return false
		})
		out = addHosted(out, host, conjunction(rest))
	}
	return joinHosted(out)
}

// hosted is a predicate for some hostnames; none is all.
type hosted struct {
	hosts []string
	when  match.Expr
}

func hostnameOf(a match.Atom) string {
	if a.Op == match.Suffix {
		return "*" + a.Value
	}
	return a.Value
}

// addHosted adds a hostname to those with the same predicate.
func addHosted(all []hosted, host string, when match.Expr) []hosted {
	i := slices.IndexFunc(all, func(h hosted) bool { return (host == "") == (len(h.hosts) == 0) && match.Equal(h.when, when) })
	switch {
	case host == "" && i < 0:
		return append(all, hosted{when: when})
	case i < 0:
		return append(all, hosted{hosts: []string{host}, when: when})
	case !slices.Contains(all[i].hosts, host):
		all[i].hosts = append(all[i].hosts, host)
	}
	return all
}

// joinHosted joins predicates for the same hostnames.
func joinHosted(all []hosted) []hosted {
	var out []hosted
	for _, h := range all {
		slices.Sort(h.hosts)
		i := slices.IndexFunc(out, func(o hosted) bool { return strings.Join(o.hosts, " ") == strings.Join(h.hosts, " ") })
		if i < 0 {
			out = append(out, h)
			continue
		}
		out[i].when = match.Disj(out[i].when, h.when)
	}
	return out
}
