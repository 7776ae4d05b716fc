package cilium

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
)

// request is one entry of rules.http: what all holds of a request. Path, method
// and host are regular expressions for the whole value; the path's value has the
// query behind it, the host's the port that the client sent.
// cilium pkg/envoy/policy
type request struct {
	path, method, host text
	headers            []text
}

// text is a value with the input that asked for it.
type text struct {
	value string
	at    place.Ref
}

// noQuery ends expressions for paths.
const noQuery = `(\?.*)?`

// requestOf says the conditions of one alternative on the request. An empty
// request is any of HTTP. Conditions that only say what requests are not hold for
// other connections too, which are not meant by rules for requests.
func requestOf(ls []match.Literal) (out request, why string) {
	is, not := map[match.Field]*match.Atom{}, map[match.Field][]match.Atom{}
	http, bare := false, false
	for _, l := range ls {
		value, why := requestCan(l)
		if why != "" {
			return out, why
		}
		if isBare(l) {
			bare = true
			continue
		}
		http = http || !l.Not
		switch f := l.Atom.Field; {
		case f == match.Protocol:
		case f == match.Header, f == match.Scheme:
			out.headers = append(out.headers, text{value, l.Atom.Place()})
		case l.Not:
			not[f] = append(not[f], l.Atom)
		case is[f] != nil:
			return out, "a rule has one condition on the " + f.String()
		default:
			is[f] = &l.Atom
		}
	}
	if !http {
		return out, "it also holds for connections that are not HTTP"
	}
	slots := map[match.Field]*text{match.Path: &out.path, match.Method: &out.method, match.Host: &out.host, match.Authority: &out.host}
	for _, f := range []match.Field{match.Path, match.Method, match.Host, match.Authority} {
		slot := slots[f]
		if is[f] == nil && len(not[f]) == 0 {
			continue
		}
		if slot.value != "" {
			return out, "a rule has one condition on the host"
		}
		if *slot, why = valueText(f, is[f], not[f]); why != "" {
			return out, why
		}
	}
	if bare {
		out.path.value, why = withoutQuery(is[match.Path], out.path.value)
	}
	return out, why
}

// isBare reports whether a condition is that a request has no query string.
func isBare(l match.Literal) bool {
	return l.Not && l.Atom.Field == match.Query && l.Atom.Key == "" && l.Atom.Op == match.Present
}

// withoutQuery is an expression for a path that has no query behind it.
func withoutQuery(is *match.Atom, text string) (string, string) {
	if cut, ok := strings.CutSuffix(text, noQuery); ok {
		return cut, ""
	}
	if is == nil {
		return "[^?]*", ""
	}
	plain, ok := gatewayapi.Regex(*is)
	if ok {
		plain, ok = onQuery(plain)
	}
	if !ok {
		return "", "no regular expression or header of a rule says this"
	}
	return strings.TrimSuffix(plain, noQuery), ""
}

// valueText is the expression for an attribute.
func valueText(f match.Field, is *match.Atom, not []match.Atom) (out text, why string) {
	switch {
	case len(not) > 0:
		out.value, why = besides(f, is, not)
		out.at = not[0].Place()
	default:
		out.value, why = requestCan(match.Literal{Atom: *is})
		out.at = is.Place()
	}
	return out, why
}

// requestCan says one condition on requests, or why it cannot be said.
func requestCan(l match.Literal) (value, why string) {
	a := l.Atom
	if isBare(l) {
		return "", ""
	}
	if l.Not {
		return "", negatable(a)
	}
	ok := true
	switch a.Field {
	case match.Protocol:
		ok = a.Op == match.Exact && a.Value == "http"
	case match.Path:
		value, ok = pathRegex(a)
	case match.Method:
		value, ok = gatewayapi.Regex(a)
	case match.Host:
		value, ok = hostRegex(a)
	case match.Authority:
		value, ok = gatewayapi.Regex(a)
	case match.Header:
		value, ok = headerText(a)
	case match.Scheme:
		value, ok = ":scheme: "+a.Value, a.Op == match.Exact && !a.Fold
	default:
		return "", "a rule tests the path, the method, the host and headers"
	}
	if !ok {
		return "", "no regular expression or header of a rule says this"
	}
	return value, ""
}

// pathRegex is a path, whatever its query.
func pathRegex(a match.Atom) (string, bool) {
	if !a.Fold && a.Op != match.Regex && a.Op != match.Search && !unquestioned(a.Value) {
		return "", false
	}
	quoted := regexp.QuoteMeta(a.Value)
	switch {
	case a.Fold:
	case a.Op == match.Exact:
		return quoted + noQuery, true
	case a.Op == match.Prefix:
		return quoted + ".*", true
	case a.Op == match.Segments:
		if quoted = strings.TrimRight(quoted, "/"); quoted == "" {
			return "/.*", true
		}
		return quoted + "([/?].*)?", true
	case a.Op == match.Suffix:
		return "[^?]*" + quoted + noQuery, true
	case a.Op == match.Present:
		return ".*", true
	}
	plain, ok := gatewayapi.Regex(a)
	if !ok {
		return "", false
	}
	return onQuery(plain)
}

// hostRegex is a host, whatever its case and port.
func hostRegex(a match.Atom) (string, bool) {
	quoted := regexp.QuoteMeta(a.Value)
	switch a.Op {
	case match.Exact:
		return "(?i:" + quoted + ")(:[0-9]+)?", true
	case match.Suffix:
		return "(?i:[^:]*" + quoted + ")(:[0-9]+)?", true
	case match.Prefix:
		return "(?i:" + quoted + "[^:]*)(:[0-9]+)?", true
	}
	return "", false
}

// headerName is one that Cilium takes apart from its value at the first space.
var headerName = regexp.MustCompile("^[a-z0-9!#$%&'*+.^_`|~-]+$")

// headerText is a header that is there, or that has a value.
func headerText(a match.Atom) (string, bool) {
	switch {
	case !headerName.MatchString(a.Key), a.Key == "host": // which is the authority to Envoy
		return "", false
	case a.Op == match.Present:
		return a.Key, true
	case a.Op == match.Exact && !a.Fold:
		return a.Key + ": " + a.Value, true
	}
	return "", false
}

// node prints the entry.
func (r request) node() *manifest.Node {
	n := manifest.Map()
	for _, f := range []struct {
		key string
		t   text
	}{{"method", r.method}, {"path", r.path}, {"host", r.host}} {
		if f.t.value != "" {
			n.Set(f.key, f.t.node())
		}
	}
	if len(r.headers) > 0 {
		headers := manifest.List()
		for _, h := range r.headers {
			headers.Append(h.node())
		}
		n.Set("headers", headers)
	}
	return n
}

func (t text) node() *manifest.Node {
	n := manifest.Str(t.value)
	if t.at != (place.Ref{}) {
		n.Because(t.at)
	}
	return n
}
