package smi

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// specKey names a traffic spec.
type specKey struct {
	kind string
	name intent.Name
}

// spec is a traffic spec as read: HTTPRouteGroup, TCPRoute or UDPRoute.
type spec struct {
	object *source.Object
	routes []route
	// ports are of a TCPRoute; none is all.
	ports []port
	used  bool
	// withheld is why nothing that refers to it counts, though it may, or "".
	withheld string
}

// route is one match of a group of routes.
type route struct {
	name string
	when match.Expr
	node *source.Node
	used bool
}

// port is a port of the workload with where it stands.
type port struct {
	number string
	node   *source.Node
}

// spec reads a traffic spec, for those that refer to it.
func (r *reader) spec(o *source.Object) {
	s := &spec{object: o}
	gatewayapi.ReadHome(o, nil)
	matches := body(o).Get("matches")
	switch o.Kind {
	case "HTTPRouteGroup":
		for _, item := range matches.Items() {
			s.routes = append(s.routes, readRoute(item))
		}
	case "TCPRoute", "UDPRoute":
		matches.Get("name").Skip("only names the ports")
		for _, item := range matches.Get("ports").Items() {
			if n := item.Int(); n < 1 || n > 65535 {
				item.Reject("is not a port number")
			}
			s.ports = append(s.ports, port{item.Text(), item})
		}
	}
	r.specs[specKey{o.Kind, intent.Name{Namespace: o.Namespace, Name: o.Name}}] = s
}

// readRoute reads a match. An empty pathRegex is none, as in the SDK's type.
// https://github.com/servicemeshinterface/smi-sdk-go/blob/v0.5.0/pkg/apis/specs/v1alpha4/http_route.go
func readRoute(n *source.Node) route {
	out := route{name: n.Get("name").Str(), node: n}
	if out.name == "" {
		n.Reject("has no name")
	}
	all := match.And{}
	if p := n.Get("pathRegex"); p != nil && p.Str() != "" {
		all = append(all, expression(match.Path, "", p))
	}
	if e := methods(n.Get("methods")); e != nil {
		all = append(all, e)
	}
	for _, h := range headers(n.Get("headers")) {
		all = append(all, header(h))
	}
	out.when = match.Simplify(all)
	return out
}

// methods are alternatives; "*" is any, and so is nothing.
func methods(n *source.Node) match.Expr {
	var any match.Or
	for _, item := range n.Items() {
		text := item.Str()
		if text == "*" {
			return nil
		}
		any = append(any, match.Atom{Field: match.Method, Value: strings.ToUpper(text), Ref: new(item.Ref())})
	}
	if len(any) == 0 {
		return nil
	}
	return any
}

// headers are a map of names to expressions, or a list of such maps, as the SDK
// takes them too.
func headers(n *source.Node) []source.Entry {
	if n.Kind() != source.List {
		return n.Entries()
	}
	var out []source.Entry
	for _, item := range n.Items() {
		out = append(out, item.Entries()...)
	}
	return out
}

// header tests a header. "host" is the authority, which proxies know by no
// header.
func header(e source.Entry) match.Expr {
	name := strings.ToLower(e.Key)
	if name == "host" || name == ":authority" {
		return expression(match.Authority, "", e.Value)
	}
	return expression(match.Header, name, e.Value)
}

// expression compares a whole value.
func expression(f match.Field, key string, n *source.Node) match.Expr {
	text := n.Str()
	if _, err := regexp.Compile(text); err != nil {
		n.RejectRegex(err)
	}
	return match.Plainly(match.Atom{Field: f, Key: key, Op: match.Regex, Value: text, Ref: new(n.Ref())})
}

// unused reports specs and matches that nothing refers to.
func (r *reader) unused() {
	for _, o := range r.in.Objects {
		s := r.specs[specKey{o.Kind, intent.Name{Namespace: o.Namespace, Name: o.Name}}]
		switch {
		case s == nil:
		case !s.used && s.withheld != "":
			o.Root.Withhold(s.withheld)
		case !s.used:
			r.inert(o.Root, o.Kind+" "+o.Namespace+"/"+o.Name+" has no effect: no TrafficTarget or TrafficSplit of the input that is in force refers to it", "remove it, or add what refers to it")
		default:
			for i := range s.routes {
				if !s.routes[i].used {
					r.inert(s.routes[i].node, "match "+s.routes[i].name+" of "+o.Kind+" "+o.Namespace+"/"+o.Name+" has no effect: nothing in the input refers to it", "remove it, or add what refers to it")
				}
			}
		}
	}
}

// named are the routes of a group that a rule names; all, where it names none.
// missing are names that the group does not have.
func (s *spec) named(names []*source.Node) (when match.Expr, missing []*source.Node) {
	var any match.Or
	for _, n := range names {
		i := slices.IndexFunc(s.routes, func(x route) bool { return x.name == n.Str() })
		if i < 0 {
			missing = append(missing, n)
			continue
		}
		s.routes[i].used = true
		any = append(any, s.routes[i].when)
	}
	for i := range s.routes {
		if len(names) == 0 {
			s.routes[i].used = true
			any = append(any, s.routes[i].when)
		}
	}
	return match.Simplify(any), missing
}
