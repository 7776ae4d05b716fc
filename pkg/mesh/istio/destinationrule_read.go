package istio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// destinationRule is one object with whom it is about.
type destinationRule struct {
	object *source.Object
	home   *intent.Home
	host   intent.Host
	// client is who sees it: nil is everyone.
	client match.Expr
	// export and chosen are to whom it is exported, as it is written, and which
	// workloads it chooses.
	export []string
	chosen []label
	// rank orders the lookup: the caller's namespace, the service's, the root's.
	rank int
	// age is when it was created; "" is not known, of it or of another of its host, so that
	// they are taken to be of one age.
	age     string
	subsets map[string]match.Expr
	// defined are the values that define the subsets.
	defined map[string]*source.Node
}

// destinationRules lifts policies of the calling side. A caller uses the first
// that it finds in its own namespace, in the service's, in the root namespace;
// in each the one with the most specific host: pilot/pkg/model/push_context.go.
func (r *reader) destinationRules(objs []*source.Object) {
	for _, o := range byAge(objs) {
		r.rules = append(r.rules, r.destinationRule(o))
	}
	r.rulesByAge()
	r.groupRules(r.rules)
	r.indexRules()
	r.wide()
	r.reach()
	r.hiding()
	slices.SortStableFunc(r.rules, func(a, b *destinationRule) int {
		return cmp.Or(a.rank-b.rank, hostRank(b.host)-hostRank(a.host), everyoneRank(a)-everyoneRank(b))
	})
	seen, found := map[string]*destinationRule{}, map[intent.Host]*destinationRule{}
	r.indexRules()
	for _, d := range r.rules {
		key := d.host.String() + match.Key(d.client) + d.object.Namespace
		policy := d.object.Root.Get("spec").Get("trafficPolicy")
		if first := seen[key]; first != nil && policy != nil {
			const why = "an older DestinationRule has the traffic policy of the host"
			if policy.Inert(why); len(d.subsets) == 0 {
				d.object.Root.Get("spec").Inert(why)
			}
			r.add(diag.HostClaimedTwice, d.host.String()+" has two DestinationRules with a traffic policy", "join them", policy.Ref(), first.object.Ref())
			if first.age == "" || d.age == "" {
				r.diags.Tell(diag.OrderUnknown, "which of two traffic policies for "+d.host.String()+" counts depends on their age",
					"the first by name is taken, as Istio does with objects of one age", "join them", policy.Ref(), first.object.Ref())
			}
			policy = nil
		} else if policy != nil {
			seen[key] = d
		}
		by := found[d.host] // for all callers, which look no further
		if match.IsFalse(orAnyone(d.client)) || by != nil && by.object.Namespace != d.object.Namespace {
			r.unusedRule(d, policy)
			continue
		}
		if by == nil && match.IsTrue(orAnyone(d.client)) {
			found[d.host] = d
		}
		r.subsetPolicies(d, policy)
		if r.policy(d, policy); policy != nil && len(d.subsets) == 0 && !r.forAnyPort(d, policy) {
			d.object.Root.Get("spec").Get("host").Inert("no setting is for a port that it has")
		}
	}
}

// rulesByAge sorts rules as byAge does their objects. Of those for one host, of which one has
// no age, none has.
func (r *reader) rulesByAge() {
	ageless := map[string]bool{}
	for _, d := range r.rules {
		name := r.patternOf(d.host)
		ageless[name] = ageless[name] || created(d.object) == ""
	}
	for _, d := range r.rules {
		if !ageless[r.patternOf(d.host)] {
			d.age = created(d.object)
		}
		d.object.Root.Get("metadata").Get("creationTimestamp").Skip("tells which object is older")
	}
	slices.SortStableFunc(r.rules, func(a, b *destinationRule) int {
		return cmp.Or(strings.Compare(a.age, b.age), strings.Compare(a.object.Name, b.object.Name), strings.Compare(a.object.Namespace, b.object.Namespace))
	})
}

// forAnyPort reports whether a policy has settings for a port that the host may have.
func (r *reader) forAnyPort(d *destinationRule, policy *source.Node) bool {
	const ports = "portLevelSettings"
	return slices.ContainsFunc(policy.Entries(), func(e source.Entry) bool { return e.Key != ports }) ||
		slices.ContainsFunc(policy.Get(ports).Items(), func(p *source.Node) bool { return !r.noPort(d.host, p.Get("port").Get("number").Int()) })
}

func (r *reader) destinationRule(o *source.Object) *destinationRule {
	spec := o.Root.Get("spec")
	d := &destinationRule{object: o, home: r.home(o), subsets: map[string]match.Expr{}, defined: map[string]*source.Node{}}
	validDestinationRule(o)
	d.host = r.host(spec.Get("host"), o.Namespace)
	if d.host.DNS == "*" {
		d.host = intent.Host{}
	}
	d.scope(r, spec)
	if spec.Get("trafficPolicy") == nil && len(spec.Get("subsets").Items()) == 0 {
		spec.Inert("it has neither subsets nor a traffic policy")
		r.add(diag.Inert, o.Ref().Object+" has neither subsets nor a traffic policy", "remove it, unless it is to hide another of the host", o.Ref())
	}
	for _, s := range spec.Get("subsets").Items() {
		name := s.Get("name").Str()
		if _, twice := d.subsets[name]; twice {
			s.Inert("the subset is defined twice")
			r.add(diag.Inert, "the subset "+name+" of "+d.host.String()+" is defined twice", "remove one", s.Ref())
			continue
		}
		d.subsets[name], d.defined[name] = labelsExpr(s.Get("labels")), s
	}
	return d
}

// everyoneRank puts rules for some callers before those for all.
func everyoneRank(d *destinationRule) int {
	if match.IsTrue(orAnyone(d.client)) {
		return 1
	}
	return 0
}

// scope finds who uses the rule and at which step of the lookup.
func (d *destinationRule) scope(r *reader, spec *source.Node) {
	ns, root := d.object.Namespace, r.in.Env.Istio.RootNamespace
	d.export = exportOf(spec)
	export := r.exportTo(spec.Get("exportTo"), ns, r.in.Env.Istio.DestinationRuleExport)
	switch {
	case ns == d.host.Service.Namespace:
		d.rank, d.client = 1, export
	case ns == root:
		d.rank, d.client = 2, export
	case d.host.Service.IsZero():
		d.rank, d.client = 1, export
	default:
		d.rank, d.client = 0, own(ns, d)
	}
	for _, e := range entries(spec.Get("workloadSelector").Get("matchLabels")) {
		d.rank, d.chosen = -1, append(d.chosen, label{e.Key, e.Value.Str()})
		d.client = match.Conj(match.Atom{Field: match.ClientNamespace, Value: ns}, match.Simplify(d.client),
			match.Atom{Field: match.ClientLabel, Key: e.Key, Value: e.Value.Str(), Ref: new(e.Value.Ref())})
	}
}

// subsetPolicies lifts subsets with their policies. A block that a subset says
// replaces the host's; what it does not say is the host's.
func (r *reader) subsetPolicies(d *destinationRule, parent *source.Node) {
	for _, s := range d.object.Root.Get("spec").Get("subsets").Items() {
		if n := s.Get("trafficPolicy"); n != nil {
			r.ports(d, n, s.Get("name").Str())
		}
		r.ports(d, parent, s.Get("name").Str())
		r.fact(d, s.Get("name").Str(), 0, s.Get("trafficPolicy"), parent, s)
	}
}

// policy lifts the traffic policy of a host: facts for its ports first, which
// replace all blocks, then the one for every port.
func (r *reader) policy(d *destinationRule, n *source.Node) {
	if n != nil {
		r.ports(d, n, "")
		r.fact(d, "", 0, n, nil, n)
	}
}

func (r *reader) ports(d *destinationRule, n *source.Node, subset string) {
	for _, p := range n.Get("portLevelSettings").Items() {
		if port := p.Get("port").Get("number").Int(); r.noPort(d.host, port) {
			if subset == "" || n != d.object.Root.Get("spec").Get("trafficPolicy") { // which the host's turn tells of
				p.MarkRead()
				r.inert(p, "the Service "+d.host.String()+" has no port "+strconv.Itoa(port))
			}
			continue
		}
		r.fact(d, subset, p.Get("port").Get("number").Int(), p, nil, p)
		if n.Get("tls") != nil && p.Get("tls") == nil {
			r.autoTLS(d, subset, p)
		}
	}
}

// noPort reports whether the Service of a host does not have a port: proxies know it by
// its ports only. pilot/pkg/networking/core/cluster.go buildOutboundClusters
func (r *reader) noPort(h intent.Host, port int) bool {
	s := r.in.Inventory.Service(h.Service)
	if s == nil || len(s.Ports) == 0 || slices.ContainsFunc(s.Ports, func(p intent.ServicePort) bool { return p.Port == port }) {
		return false
	}
	return !slices.ContainsFunc(r.m.External, func(e *intent.External) bool { return slices.Contains(e.Hosts, h) })
}

// autoTLS lifts that callers choose at a port, whose settings leave out what the
// policy says of all ports: they replace it.
// https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
func (r *reader) autoTLS(d *destinationRule, subset string, p *source.Node) {
	r.m.Transport = append(r.m.Transport, &intent.Transport{
		Home: d.home, Side: intent.Dialled, Scope: intent.Scope{Client: d.client}, Host: d.host, Port: p.Get("port").Get("number").Int(),
		SubsetName: subset, Subset: d.subsets[subset], Mode: intent.Auto, From: intent.From(p.Ref()),
	})
}

// fact lifts the blocks of a policy for one port; at is what asks for it.
func (r *reader) fact(d *destinationRule, subset string, port int, n, parent, at *source.Node) {
	block := func(key string) *source.Node {
		if b := n.Get(key); b != nil {
			return b
		}
		return parent.Get(key)
	}
	u := &intent.Upstream{
		Home: d.home, Scope: intent.Scope{Client: d.client}, Host: d.host, Port: port, SubsetName: subset, Subset: d.subsets[subset], From: intent.From(at.Ref()),
		Balance: r.balance(block("loadBalancer")), Limits: r.limits(block("connectionPool")), Outlier: r.outlier(block("outlierDetection")),
		RetryBudget: r.retryBudget(block("retryBudget")),
	}
	r.m.Upstream = append(r.m.Upstream, u)
	r.clientTLS(d, subset, port, block("tls"))
	for _, key := range []string{"tunnel", "proxyProtocol"} {
		if x := n.Get(key); x != nil {
			r.field(d.object, d.home, x, "no other mesh has "+key)
		}
	}
}
