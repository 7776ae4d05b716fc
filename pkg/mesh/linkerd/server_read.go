package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// server is a Server as read.
type server struct {
	object  *source.Object
	home    *intent.Home
	created string
	// pods is the predicate on labels of those that it selects; machines says that they are
	// outside Kubernetes.
	pods     match.Expr
	machines bool
	// claims are the ports that it is about, each of some of the pods.
	claims   []claim
	protocol string
	// own is what its accessPolicy grants by itself; nil is nothing.
	own *grant
	// opaque says why it is kept verbatim; "" is that it is lifted. inert is that
	// older ones have all of its ports.
	opaque string
	inert  bool
	// grants hold for all that it serves; routes are those attached.
	grants []grant
	routes []*inboundRoute
	let    []allowance // see allowances
}

// claim is one port of some pods.
type claim struct {
	server *server
	port   int
	pods   match.Expr
}

// grant lets clients in.
type grant struct {
	home *intent.Home
	// clients is over the client; True is everyone.
	clients match.Expr
	from    intent.Origin
	// policy is the object that grants to a route; nil of others.
	policy *source.Object
}

// The protocols that a Server declares; "" is unknown, that is, detected.
const (
	protocolUnknown = "unknown"
	protocolHTTP1   = "HTTP/1"
	protocolHTTP2   = "HTTP/2"
	protocolGRPC    = "gRPC"
	protocolOpaque  = "opaque"
	protocolTLS     = "TLS"
)

// server reads a Server. accessPolicy is a field of v1beta3 only; the API server
// prunes it from others.
func (r *reader) server(o *source.Object) *server {
	spec := o.Need("spec")
	pods, external := spec.Get("podSelector"), spec.Get("externalWorkloadSelector")
	s := &server{object: o, home: r.home(o), created: created(o), protocol: protocolUnknown, machines: external != nil}
	if (pods == nil) == (external == nil) {
		spec.Reject("needs either podSelector or externalWorkloadSelector")
	}
	s.pods = r.forMachines(o.Namespace, match.Conj(gatewayapi.ReadSelector(pods), gatewayapi.ReadSelector(external)), external != nil)
	if external != nil {
		r.aboutMachines(s, external)
	}
	if p := spec.Get("proxyProtocol"); p != nil {
		s.protocol = word(p, protocolUnknown, protocolHTTP1, protocolHTTP2, protocolGRPC, protocolOpaque, protocolTLS)
	}
	if o.Version() == "v1beta3" {
		s.own = r.accessPolicy(s, spec.Get("accessPolicy"))
	}
	r.claims(s, spec)
	return s
}

// accessPolicy reads what a Server grants by itself: one more grant beside the
// others, and not a fallback.
func (r *reader) accessPolicy(s *server, n *source.Node) *grant {
	if n == nil {
		return nil
	}
	policy := word(n, policies...)
	if policy == policyAudit {
		r.notTranslated("audit lets everyone in, as "+policyAll+" does, and what it logs of that is not said", n.Ref())
	}
	clients := clientsOf(policy, r.in.Env, n.Ref())
	if match.IsFalse(clients) {
		return nil
	}
	return &grant{home: s.home, clients: clients, from: intent.From(n.Ref())}
}

// injected are the ports of the proxy's own container, by name.
// linkerd2 charts/partials/templates/_proxy.tpl
var injected = map[string]int{"linkerd-admin": 4191, "linkerd-proxy": 4143}

// claims resolves the port of a Server: a number, or a name that each workload
// gives a number of its own.
func (r *reader) claims(s *server, spec *source.Node) {
	n := spec.Get("port")
	if n == nil {
		spec.Reject("has no port")
		return
	}
	if n.IsNumber() {
		if port := n.Int(); port < 1 || port > 65535 {
			n.Reject("is not a port number")
		} else {
			s.claims = []claim{{s, port, s.pods}}
		}
		return
	}
	name := n.Text()
	if port, ok := injected[name]; ok {
		s.claims = []claim{{s, port, s.pods}}
		return
	}
	s.claims = r.namedPort(s, name)
	if len(s.claims) == 0 && s.opaque == "" {
		s.opaque = "no workload of the input has a port named " + name
		r.needsInventory(s, name, n.Ref())
	}
}

// namedPort finds the numbers that workloads give a port name. Where all agree,
// the Server's own selector says whose port it is.
func (r *reader) namedPort(s *server, name string) []claim {
	numbers := map[int]match.Or{}
	for _, w := range r.in.Inventory.WorkloadsIn(s.object.Namespace) {
		if !holds(s.pods, w.Labels) {
			continue
		}
		for _, p := range w.Ports {
			if p.Name == name {
				numbers[p.Port] = append(numbers[p.Port], labelled(w.Labels))
			}
		}
	}
	var out []claim
	for port, of := range numbers {
		c := claim{s, port, s.pods}
		if len(numbers) > 1 {
			c.pods = match.Conj(s.pods, match.Simplify(of))
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b claim) int { return a.port - b.port })
	return out
}

// labelled is the predicate of pods that have labels.
func labelled(labels []intent.Pair) match.Expr {
	and := make(match.And, len(labels))
	for i, l := range labels {
		and[i] = match.Atom{Field: match.Label, Key: l.Key, Op: match.Exact, Value: l.Value}
	}
	return and
}

// holds reports whether a predicate on labels holds for some.
func holds(e match.Expr, labels []intent.Pair) bool {
	return match.EvalOf(e, func(f match.Field, key string) (string, bool) {
		if f != match.Label {
			return "", false
		}
		return intent.Lookup(labels, key)
	})
}

// denied are the routes that let nobody in, or of which it is not known whether they do:
// they deny what they match.
func (s *server) denied() intent.Origin {
	var out intent.Origin
	for _, t := range s.routes {
		lets := func(a allowance) bool { return slices.Contains(a.from, t.object.Ref()) }
		if s.heeds(t) && (len(t.grants) == 0 || !slices.ContainsFunc(s.let, lets)) {
			out = append(out, t.object.Ref())
		}
	}
	return out
}

// name of the Server within its namespace.
func (s *server) name() intent.Name {
	return intent.Name{Namespace: s.object.Namespace, Name: s.object.Name}
}

// word reads one of a few words, in any case where that is how Linkerd takes it.
func word(n *source.Node, words ...string) string {
	text := n.Str()
	if n.Kind() == source.Scalar && !slices.Contains(words, text) {
		n.Reject("is not one of " + strings.Join(words, ", "))
	}
	return text
}

// subject is the scope of a place: the port of pods of a namespace.
func subject(ns string, pods match.Expr, port int, at place.Ref) match.Expr {
	return match.Conj(
		match.Atom{Field: match.Namespace, Op: match.Exact, Value: ns},
		pods, onPort(port, at),
	)
}
