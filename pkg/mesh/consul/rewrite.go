package consul

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

func portText(p int) string { return strconv.Itoa(p) }

// rewritten is what a route that tests the literals makes of the path: it replaces
// an exact path, or the prefix that the route tests. to is "" where the path
// stays; prefix is one that the route must test for it besides.
func rewritten(steps []intent.Step, ls []match.Literal) (to, prefix, why string) {
	for _, s := range steps {
		rw, ok := s.(intent.Rewrite)
		if !ok || rw.Path == nil {
			continue
		}
		if to != "" {
			return "", "", "a path is rewritten once"
		}
		if to, prefix = replacement(*rw.Path, pathTested(ls)); to == "" {
			return "", "", "a route replaces the exact path or the prefix that it tests"
		}
	}
	return to, prefix, ""
}

// pathTested is what a route tests of the path; all paths begin with "/".
func pathTested(ls []match.Literal) match.Atom {
	for _, l := range ls {
		if l.Atom.Field == match.Path {
			return l.Atom
		}
	}
	return match.Atom{Field: match.Path, Op: match.Prefix, Value: "/"}
}

// replacement is what stands for the tested path or prefix; "" is that nothing
// can.
func replacement(p intent.PathRewrite, tested match.Atom) (to, prefix string) {
	if tested.Op == match.Prefix && tested.Value == "/" {
		prefix = "/"
	}
	switch {
	case tested.Op == match.Exact:
		return exactReplacement(p, tested.Value), ""
	case tested.Op != match.Prefix:
		return "", ""
	case p.Kind == intent.PrefixPath && p.Match == tested.Value:
		return p.Replace, prefix
	case p.Kind == intent.SegmentPrefix && strings.TrimRight(p.Match, "/")+"/" == tested.Value:
		return strings.TrimRight(p.Replace, "/") + "/", prefix
	}
	return "", ""
}

// exactReplacement is the new path of one path.
func exactReplacement(p intent.PathRewrite, path string) string {
	switch p.Kind {
	case intent.FullPath:
		return p.Replace
	case intent.PrefixPath:
		if rest, ok := strings.CutPrefix(path, p.Match); ok {
			return p.Replace + rest
		}
	case intent.SegmentPrefix:
		base := strings.TrimRight(p.Match, "/")
		rest, ok := strings.CutPrefix(path, base)
		if !ok || rest != "" && rest[0] != '/' {
			return ""
		}
		if joined := strings.TrimRight(p.Replace, "/") + rest; joined != "" {
			return joined
		}
		return "/"
	case intent.RegexPath:
	}
	return ""
}
