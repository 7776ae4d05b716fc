package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// routeResource reads an HTTPRoute or TCPRoute as the entry that consul-k8s makes of it.
// control-plane/api-gateway/common/translation.go ToHTTPRoute and ToTCPRoute
func (r *reader) routeResource(o *source.Object) *gatewayRoute {
	spec := o.Root.Get("spec")
	rt := &gatewayRoute{object: o, http: o.Kind == kindHTTPRoute, resource: true}
	r.home(o)
	if leafAt(o, "metadata.annotations."+annotationAsk) != "" {
		rt.beyond = "tokens or permission are asked for, as its annotation says"
	}
	r.parentRefs(rt, spec.Get("parentRefs"))
	for _, h := range spec.Get("hostnames").Items() {
		if strings.Contains(h.Str(), "*") {
			rt.wrong = "a route of an API gateway has no hosts with a wildcard"
		}
		rt.hosts = append(rt.hosts, value{h, false})
	}
	for _, key := range []string{"useDefaultGateways"} {
		r.passedOver(spec.Get(key))
	}
	var refs []routeLeg
	for _, n := range spec.Get("rules").Items() {
		if rt.http {
			rt.lines = append(rt.lines, r.resourceRule(rt, n)...)
			continue
		}
		r.passedOver(n.Get("name"))
		refs = append(refs, r.backendRefs(rt, n.Get("backendRefs"))...)
	}
	if !rt.http {
		rt.oneWay(r, refs)
	}
	return rt
}

// oneWay has connections go to the one service of a TCPRoute. Consul's servers refuse
// routes for connections with several.
func (rt *gatewayRoute) oneWay(r *reader, refs []routeLeg) {
	if len(refs) != 1 {
		rt.wrong = "a route for connections has one service"
		return
	}
	weight := refs[0].weight
	refs[0].weight = value{}
	if !weight.missing() {
		weight.Node.Skip("of a single service it says nothing")
	}
	rt.connect(r, refs[0])
}

// parentRefs reads whom a route is for; what it is for besides is none of Consul's.
func (r *reader) parentRefs(rt *gatewayRoute, n *source.Node) {
	for _, p := range n.Items() {
		kind, of := cmp.Or(p.Get("kind").Str(), kindGateway), cmp.Or(p.Get("group").Str(), gatewayGroup)
		namespace, name, section := cmp.Or(p.Get("namespace").Str(), rt.object.Namespace), p.Get("name").Str(), p.Get("sectionName").Str()
		if kind != kindGateway || of != gatewayGroup {
			p.MarkRead()
			r.inert(p, "consul-k8s attaches routes to Gateways only")
			continue
		}
		if at := p.Get("port"); at != nil {
			at.Int()
			r.inert(at, "consul-k8s passes the port of a parent over")
		}
		rt.parents = append(rt.parents, parent{value{p, false}, namespace, name, section})
	}
}

// resourceRule reads one rule; nil where it leads nowhere, and consul-k8s leaves it out.
func (r *reader) resourceRule(rt *gatewayRoute, n *source.Node) []gatewayLine {
	rule, used := routeRule{node: value{n, false}}, len(rt.uses)
	for _, key := range []string{"name", "timeouts", "retry", "sessionPersistence"} {
		r.passedOver(n.Get(key))
	}
	rule.filters = r.resourceFilters(rt, n.Get("filters"), &rule)
	for _, m := range n.Get("matches").Items() {
		rule.matches = append(rule.matches, r.resourceMatch(m))
	}
	if rule.legs = r.backendRefs(rt, n.Get("backendRefs")); len(rule.legs) == 0 {
		n.MarkRead()
		r.inert(n, "it leads to no service, and consul-k8s leaves it out")
		rt.uses = rt.uses[:used]
		return nil
	}
	return r.lines(rt, rule)
}

// backendRefs reads where a rule leads. What is no service that the route may refer to is
// left out.
func (r *reader) backendRefs(rt *gatewayRoute, list *source.Node) (out []routeLeg) {
	for _, n := range list.Items() {
		to := intent.Name{Namespace: cmp.Or(n.Get("namespace").Str(), rt.object.Namespace), Name: n.Get("name").Str()}
		l := routeLeg{leg: leg{node: value{n, false}}, weight: value{n.Get("weight"), false}}
		of, kind := n.Get("group").Str(), cmp.Or(n.Get("kind").Str(), "Service")
		if at := n.Get("port"); at != nil {
			at.Int()
			at.Skip("a service of Consul has one port")
		}
		if rt.http {
			l.filters = r.resourceFilters(rt, n.Get("filters"), nil)
		}
		switch {
		case of == group && kind == "MeshService":
			l.service = r.meshService(rt, to)
		case of != "" || kind != "Service":
			n.MarkRead()
			r.inert(n, "consul-k8s leads to Services and MeshServices only")
			continue
		default:
			l.service = r.serviceOf(to)
		}
		if to.Namespace != rt.object.Namespace && !r.granted(rt.object.Kind, rt.object.Namespace, kind, to) {
			rt.beyond = "it leads to another namespace, for which the input has no ReferenceGrant"
		}
		out = append(out, l)
	}
	return out
}

// serviceOf is the service of Consul that a Service is.
func (r *reader) serviceOf(n intent.Name) service {
	out := service{name: n.Name}
	if r.enterprise {
		out.ns = n.Namespace
	}
	if s := r.in.Inventory.Service(n); s != nil {
		out.name = r.names.of(s)
	} else if _, known := r.names.hints[out.name]; !known {
		r.names.hints[out.name] = n.Namespace
	}
	return out
}

// meshService is the service that a MeshService names; of which peer it is reaches no
// route, and a resolver says it.
// control-plane/api-gateway/common/resources.go AddMeshService
func (r *reader) meshService(rt *gatewayRoute, n intent.Name) service {
	for _, o := range r.in.Objects {
		if o.Group() != group || o.Kind != "MeshService" || o.Namespace != n.Namespace || o.Name != n.Name {
			continue
		}
		rt.uses = append(rt.uses, o)
		return service{r.consulNamespace(o), o.Root.Get("spec").Get("name").Str()}
	}
	rt.beyond = "it leads to the MeshService " + n.Name + ", which is not in the input"
	return service{r.consulNamespace(rt.object), n.Name}
}

// The kinds of matches; the first goes without saying.
var (
	resourcePaths = map[string]match.Op{"": match.Prefix, "PathPrefix": match.Prefix, "Exact": match.Exact, "RegularExpression": match.Regex}
	resourceTexts = map[string]match.Op{"": match.Exact, "Exact": match.Exact, "RegularExpression": match.Regex}
)

// resourceMatch reads which requests are meant. A prefix is one of texts, and not of
// segments.
func (r *reader) resourceMatch(n *source.Node) gatewayLine {
	path := n.Get("path")
	a := r.resourceAtom(path, match.Path, resourcePaths)
	if path.Get("value") == nil && a.Op != match.Regex {
		a.Value = "/"
	}
	out := gatewayLine{path: len(a.Value), prefix: a.Value, isPrefix: a.Op == match.Prefix}
	all := []match.Expr{a}
	if out.isPrefix && a.Value == "/" {
		all = nil
	}
	for _, h := range n.Get("headers").Items() {
		a := r.resourceAtom(h, match.Header, resourceTexts)
		a.Key = strings.ToLower(h.Get("name").Str())
		all, out.headers = append(all, a), out.headers+1
	}
	for _, q := range n.Get("queryParams").Items() {
		a := r.resourceAtom(q, match.Query, resourceTexts)
		a.Key = q.Get("name").Str()
		all, out.query = append(all, a), out.query+1
	}
	if m := n.Get("method"); m.Str() != "" {
		all = append(all, match.Atom{Field: match.Method, Value: m.Str(), Ref: new(m.Ref())})
	}
	n.Kind()
	out.rule.When = match.Conj(all...)
	return out
}

// resourceAtom reads one condition.
func (r *reader) resourceAtom(n *source.Node, f match.Field, kinds map[string]match.Op) match.Atom {
	op, known := kinds[n.Get("type").Str()]
	if !known {
		n.Get("type").Reject("is no known way to match")
	}
	a := match.Atom{Field: f, Op: op, Value: n.Get("value").Str()}
	if n != nil {
		a.Ref = new(n.Ref())
	}
	if op == match.Regex {
		checkRegex(value{n.Get("value"), false})
	}
	return a
}

// admits reports whether a listener takes a route, by its kind and its namespace; known
// is false where labels of the namespace tell, which the input lacks.
// control-plane/api-gateway/binding/validation.go
func (l *gatewayListener) admits(r *reader, g *gateway, rt *gatewayRoute) (takes, known bool) {
	if !rt.resource {
		return true, true
	}
	if len(l.kinds) > 0 && !slices.Contains(l.kinds, rt.object.Kind) {
		return false, true
	}
	switch l.from {
	case "Same":
		return rt.object.Namespace == g.object.Namespace, true
	case "All":
		return true, true
	}
	for _, ns := range r.in.Inventory.Namespaces {
		if ns.Name == rt.object.Namespace {
			at := new(match.Request).Set(match.Label, "kubernetes.io/metadata.name", ns.Name)
			for _, p := range ns.Labels {
				at.Set(match.Label, p.Key, p.Value)
			}
			return l.from == "Selector" && match.Eval(l.selector, at), true
		}
	}
	return false, false
}
