package gatewayapi

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// A gRPC method match is a condition on the path "/service/method". This file
// holds the spelling, used both ways.

// anySegment is a service or method that is not said.
const anySegment = "[^/]+"

// anyService begins the path of a match that names only a method.
const anyService = "/" + anySegment + "/"

// grpcRegex is the path of a service and a method that are regular expressions,
// "" for any.
func grpcRegex(service, method string) string {
	return "/" + segmentRegex(service) + "/" + segmentRegex(method)
}

// segmentRegex groups an expression, so that an alternation in it stays within
// its segment.
func segmentRegex(s string) string {
	switch {
	case s == "":
		return anySegment
	case s == regexp.QuoteMeta(s):
		return s
	}
	return "(?:" + s + ")"
}

// grpcMethod is the inverse of what the reader makes of method matches: the
// type, service and method that a path condition stands for, "" for any.
func grpcMethod(a match.Atom) (kind, service, method string, ok bool) {
	switch a.Op {
	case match.Exact:
		service, method, ok = cutSegments(a.Value)
		return typeExact, service, method, ok && formService.fits(service) && formMethod.fits(method)
	case match.Prefix:
		service, method, ok = cutSegments(a.Value)
		return typeExact, service, "", ok && method == "" && formService.fits(service)
	case match.Regex:
		if rest, found := strings.CutPrefix(a.Value, anyService); found && !a.Fold && formMethod.fits(rest) {
			return typeExact, "", rest, true
		}
		return cutRegex(a)
	}
	return "", "", "", false
}

// cutSegments cuts "/a/b" in two; b may be empty.
func cutSegments(path string) (first, second string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return "", "", false
	}
	first, second, ok = strings.Cut(rest, "/")
	return first, second, ok && !strings.Contains(second, "/")
}

// cutRegex finds the one slash that separates two expressions of segments.
func cutRegex(a match.Atom) (kind, service, method string, ok bool) {
	rest, ok := strings.CutPrefix(a.Value, "/")
	if !ok || a.Fold {
		return "", "", "", false
	}
	for i := range len(rest) {
		if rest[i] != '/' {
			continue
		}
		service, okS := ungroup(rest[:i])
		method, okM := ungroup(rest[i+1:])
		if okS && okM && service+method != "" {
			return typeRegex, service, method, true
		}
	}
	return "", "", "", false
}

// ungroup is the inverse of segmentRegex.
func ungroup(s string) (string, bool) {
	switch {
	case s == anySegment:
		return "", true
	case s != "" && s == regexp.QuoteMeta(s) && !strings.Contains(s, "/"):
		return s, true
	}
	inner, ok := strings.CutPrefix(s, "(?:")
	if !ok || !strings.HasSuffix(inner, ")") {
		return "", false
	}
	inner = inner[:len(inner)-1]
	_, err := regexp.Compile(inner)
	return inner, err == nil && !strings.Contains(inner, "/")
}
