package envoy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// most bounds the samples of one table.
const most = 300

// samples are requests that tell the rules of a table apart, as a comparison takes
// them.
func samples(t *intent.Routing) []*match.Request {
	exprs := []match.Expr{
		match.Atom{Field: match.Protocol, Value: "http"}, match.Atom{Field: match.Scheme, Value: "http"},
		match.Atom{Field: match.Path, Op: match.Regex, Value: `/[0-9A-Za-z/._~-]*`},
	}
	for _, r := range t.Rules {
		exprs = append(exprs, r.When)
	}
	var out []*match.Request
	match.Split(exprs, match.DefaultBudget, func(q *match.Request, holds []bool) bool {
		if holds[0] && holds[1] {
			out = append(out, q)
		}
		return len(out) < most
	})
	return out
}

var (
	methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}
	// target is a path that proxies pass on as it is.
	target = regexp.MustCompile(`^/[!$&-.0-9:;=@-Z_a-z~/]*$`)
	// bent are paths that are normalised before anything sees them.
	bent  = regexp.MustCompile(`//|/\.\.?(/|$)`)
	query = regexp.MustCompile(`^[!$'-;@-Z_a-z~/?]*$`)
	token = regexp.MustCompile(`^[!#$%&'*+.^_|~0-9a-z-]+$`)
	value = regexp.MustCompile(`^([!-~]([ -~]*[!-~])?)?$`)
	// server is a name that a client can address: parts between dots are not empty.
	server = regexp.MustCompile(`^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*(:[1-9][0-9]{0,3})?$`)
)

// wire is a sample as a client sends it, and completes it by what goes without
// saying; ok is false for what no client can send.
func (a *asker) wire(q *match.Request) (r engine.Request, ok bool) {
	otherwise := func(f match.Field, v string) string {
		if _, there := q.Lookup(f, ""); !there {
			q.Set(f, "", v)
		}
		v, _ = q.Lookup(f, "")
		return v
	}
	r.Method, r.Path = otherwise(match.Method, "GET"), otherwise(match.Path, "/")
	otherwise(match.Protocol, "http")
	scheme := otherwise(match.Scheme, "http")
	host, hosted := q.Lookup(match.Host, "")
	if !hosted {
		host = a.host.Service.Name + "." + a.host.Service.Namespace
	}
	port := ""
	if a.port != 0 && a.port != 80 {
		port = fmt.Sprintf(":%d", a.port)
	}
	r.Host = otherwise(match.Authority, host+port)
	name, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	ok = !hosted || name == host
	q.Set(match.Host, "", name)
	ok = ok && scheme == "http" && slices.Contains(methods, r.Method) && target.MatchString(r.Path) && !bent.MatchString(r.Path) && server.MatchString(r.Host)
	var pairs []string
	for _, p := range q.Values(match.Query) {
		ok = ok && p.Key != "" && query.MatchString(p.Key) && query.MatchString(p.Value)
		pairs = append(pairs, p.Key+"="+p.Value)
	}
	if len(pairs) > 0 {
		r.Path += "?" + strings.Join(pairs, "&")
	}
	for _, h := range q.Values(match.Header) {
		ok = ok && token.MatchString(h.Key) && value.MatchString(h.Value) && !slices.Contains([]string{"host", "connection", "content-length", "transfer-encoding", "te", "upgrade"}, h.Key)
		r.Headers = append(r.Headers, [2]string{h.Key, h.Value})
	}
	return r, ok
}
