package gatewayapi

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// The types of matches.
const (
	typeExact  = "Exact"
	typePrefix = "PathPrefix"
	typeRegex  = "RegularExpression"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// ReadMatch reads one entry of rules[].matches, of an HTTPRoute or GRPCRoute. A
// finding of severity error says that the match cannot be used.
func ReadMatch(n *source.Node, p intent.Protocol) (match.Expr, diag.List) {
	r := matchReader{}
	if p == intent.GRPC {
		r.grpc(n.Get("method"))
	} else {
		r.path(n.Get("path"))
		r.method(n.Get("method"))
	}
	r.named(n.Get("headers"), match.Header, formValue)
	r.named(n.Get("queryParams"), match.Query, formQuery)
	return match.Simplify(r.all), r.diags
}

type matchReader struct {
	all   match.And
	diags diag.List
}

func (r *matchReader) path(n *source.Node) {
	if n.Kind() != source.Map {
		n.Entries() // a value that is no map is a problem
		return
	}
	kind := enum(n.Get("type"), typeExact, typePrefix, typeRegex)
	a := match.Atom{Field: match.Path, Op: match.Segments, Value: "/", Ref: new(n.Ref())}
	value := n.Get("value")
	if value != nil {
		a.Value, a.Ref = value.Str(), new(value.Ref())
	}
	switch kind {
	case typeExact:
		a.Op = match.Exact
	case typeRegex:
		a.Op = match.Regex
		r.compile(a.Value, value)
	}
	if why := badPath(a.Value); why != "" && a.Op != match.Regex && value.Kind() == source.Scalar {
		value.Reject(why)
	}
	r.all = append(r.all, a)
}

func (r *matchReader) method(n *source.Node) {
	if n == nil {
		return
	}
	r.all = append(r.all, match.Atom{Field: match.Method, Op: match.Exact, Value: enum(n, methods...), Ref: new(n.Ref())})
}

// grpc reads a method match as conditions on the path "/service/method".
func (r *matchReader) grpc(n *source.Node) {
	if n == nil {
		return
	}
	kind := enum(n.Get("type"), typeExact, typeRegex)
	service, method := n.Get("service"), n.Get("method")
	if service == nil && method == nil {
		n.Reject("names neither service nor method")
		return
	}
	a := match.Atom{Field: match.Path, Ref: new(n.Ref())}
	if kind == typeRegex {
		a.Op, a.Value = match.Regex, grpcRegex(service.Str(), method.Str())
		r.compile(a.Value, n)
	} else {
		a.Op, a.Value = grpcExact(formService.read(service), formMethod.read(method))
	}
	r.all = append(r.all, a)
}

// grpcExact is the path of a literal service and method, "" for any.
func grpcExact(service, method string) (match.Op, string) {
	switch {
	case method == "":
		return match.Prefix, "/" + service + "/"
	case service == "":
		return match.Regex, anyService + regexp.QuoteMeta(method)
	}
	return match.Exact, "/" + service + "/" + method
}

// named reads headers or query parameters. Of several entries for one name the
// first counts, as the API documents.
func (r *matchReader) named(n *source.Node, f match.Field, values form) {
	seen := map[string]bool{}
	for _, item := range atMost(n, 16) {
		name := formHeader.need(item, "name")
		if f == match.Header {
			name = strings.ToLower(name)
		}
		kind, value := enum(item.Get("type"), typeExact, typeRegex), values.need(item, "value")
		if seen[name] {
			item.Inert("an earlier entry has the same name")
			r.diags.Add(diag.Inert, "of several conditions on "+name+" the first counts", "remove the others", item.Ref())
			continue
		}
		seen[name] = true
		a := match.Atom{Field: f, Key: name, Op: match.Exact, Value: value, Ref: new(item.Ref())}
		if kind == typeRegex {
			a.Op = match.Regex
		}
		if a.Op == match.Regex {
			r.compile(a.Value, item.Get("value"))
		}
		r.all = append(r.all, a)
	}
}

func (r *matchReader) compile(pattern string, at *source.Node) {
	if err := match.BadPattern(pattern); err != nil {
		r.diags.Tell(diag.InvalidRegex, strconv.Quote(pattern)+" of "+at.Ref().Object+" "+source.NoRegex(err), "the route has no effect", "correct it", at.Ref())
	}
}
