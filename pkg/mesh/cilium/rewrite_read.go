package cilium

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// pathRewrite reads a new path for requests that a route takes by the condition on
// their path; nil is none.
func pathRewrite(n *source.Node, path match.Atom) *intent.PathRewrite {
	if p := msg(n, "prefixRewrite"); p != nil {
		return prefixRewrite(p.Str(), path)
	}
	re := msg(n, "regexRewrite")
	if re == nil {
		return nil
	}
	pattern, to := msg(msg(re, "pattern"), "regex").Str(), msg(re, "substitution").Str()
	plain := !strings.Contains(strings.ReplaceAll(to, `\\`, ""), `\`)
	text := strings.ReplaceAll(to, `\\`, `\`)
	inner, anchored := strings.CutPrefix(pattern, "^")
	segments, slashes := strings.CutSuffix(inner, "/*")
	switch {
	case plain && pattern == "^/.*$":
		return &intent.PathRewrite{Kind: intent.FullPath, Replace: text}
	case plain && anchored && slashes && text == "/" && begins(path, segments):
		return &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: unquoted(segments), Replace: "/"}
	case plain && anchored && begins(path, inner):
		return &intent.PathRewrite{Kind: intent.PrefixPath, Match: unquoted(inner), Replace: text}
	}
	return &intent.PathRewrite{Kind: intent.RegexPath, Match: pattern, Replace: to}
}

// prefixRewrite is what Envoy puts in the place of what the path was matched by, as it
// is: a slash at its end stands beside the one that follows.
// source/common/router/config_impl.cc RouteEntryImplBase::finalizePathHeader
func prefixRewrite(to string, path match.Atom) *intent.PathRewrite {
	switch {
	case path.Op == match.Exact, path.Op == match.Regex: // all of the path is what was matched
		return &intent.PathRewrite{Kind: intent.FullPath, Match: path.Value, Replace: to}
	case path.Op == match.Segments && !path.Fold && !strings.HasSuffix(to, "/"):
		return &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: path.Value, Replace: to}
	}
	return &intent.PathRewrite{Kind: intent.PrefixPath, Match: path.Value, Replace: to}
}

// begins reports whether an expression is a text that all paths of a route begin with,
// in its own letters: no other then begins with what it finds.
func begins(path match.Atom, pattern string) bool {
	text := unquoted(pattern)
	known := !path.Fold && (path.Op == match.Exact || path.Op == match.Prefix || path.Op == match.Segments)
	return regexp.QuoteMeta(text) == pattern && known && strings.HasPrefix(path.Value, text)
}

var quotedRune = regexp.MustCompile(`\\([^0-9A-Za-z])`)

func unquoted(pattern string) string { return quotedRune.ReplaceAllString(pattern, "$1") }
