package cilium

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// policyReader lifts one policy.
type policyReader struct {
	*reader
	object *source.Object
	home   *intent.Home
	ns     string // "" for a clusterwide policy
	rest   []unmodelled
	// shut are how many of rest stand in entries that let in nobody for them.
	shut int
	// facts of the policy, kept back until it is known to be valid.
	access []*intent.Access
	def    []*intent.Default
	dials  []*dialling
	// named are the groups of addresses that it names.
	named []*source.Object
	// carries is what the entry that is read says of more than TCP, and network what
	// those before said.
	carries []carriage
	network []*intent.Opaque
}

// policy lifts a CiliumNetworkPolicy or its clusterwide form: each of its rules
// by itself.
func (r *reader) policy(o *source.Object) {
	p := &policyReader{reader: r, object: o, home: gatewayapi.ReadHome(o, nil)}
	r.naming = nil
	if o.Kind == kindPolicy {
		p.ns = o.Namespace
	}
	spec, specs := o.Root.Get("spec"), o.Root.Get("specs")
	if spec == nil && specs == nil {
		o.Root.Reject("has neither spec nor specs")
	}
	if spec != nil {
		ruleShape(spec)
		p.rule(spec)
	}
	for _, s := range specs.Items() {
		ruleShape(s)
		p.rule(s)
	}
	p.finish(o)
}

// finish adds the facts of a valid policy. One that the API server or the agent
// refuses, or that cannot be read, may have kept anyone out: what it selects is
// closed.
func (p *policyReader) finish(o *source.Object) {
	if problems := o.Root.Problems(); len(problems) > 0 {
		p.m.Default = append(p.m.Default, p.withheld(problems[0].Ref)...)
		return
	}
	p.m.Access = append(p.m.Access, p.access...)
	p.m.Default = append(p.m.Default, p.def...)
	p.reader.dials = append(p.reader.dials, p.dials...)
	p.m.Opaque = append(p.m.Opaque, p.network...)
	p.nameGroups()
	if len(p.rest) == 0 {
		if len(p.access)+len(p.def)+len(p.network) == 0 {
			p.inert(o.Root, o.Ref().Object+" lets nobody in, keeps nobody out and closes nothing")
		}
		return
	}
	at := make([]place.Ref, len(p.rest))
	why := ""
	for i, u := range p.rest {
		at[i] = u.at
		if why == "" {
			why = u.why
		}
	}
	op := p.verbatim(o, p.home, why, false, at...)
	op.Admits, op.Opens = p.shut > 0, p.shut == len(p.rest)
}

// withheld closes all that a policy may be about.
func (p *policyReader) withheld(at place.Ref) []*intent.Default {
	d := &intent.Default{
		Home: p.home, Effect: intent.Deny, Withheld: true, Why: p.object.Kind + " " + p.object.Name + " cannot be read",
		From: intent.From(at),
	}
	if p.ns != "" {
		d.Scope.Subject = match.Atom{Field: match.Namespace, Value: p.ns, Ref: new(at)}
	}
	return []*intent.Default{d}
}

// rule lifts one rule: whom it selects, what it lets in and out, what it keeps
// out, and whether it closes them for the rest.
func (p *policyReader) rule(spec *source.Node) {
	spec.Get("description").Skip("it only describes")
	spec.Get("labels").Skip("they only identify")
	spec.Get("log").Skip("it only annotates logs")
	if nodes := spec.Get("nodeSelector"); nodes != nil {
		if p.ns != "" || spec.Get("endpointSelector") != nil {
			nodes.Reject("is for clusterwide policies that select no endpoints")
		}
		spec.MarkRead()
		p.rest = append(p.rest, unmodelled{"a policy for nodes guards what runs on the network of these, and no pods with a network of their own: no mesh does", spec.Ref()})
		return
	}
	if spec.Get("endpointSelector") == nil {
		spec.Reject("has no endpointSelector")
		return
	}
	if match.IsFalse(p.scope(spec, intent.Served, true).Subject) {
		spec.MarkRead()
		p.rest = append(p.rest, unmodelled{"policies for what is no pod are not translated", spec.Ref()})
		return
	}
	if asked := spec.Get("enableDefaultDeny"); asked != nil && len(asked.Entries()) == 0 {
		p.inert(asked, "enableDefaultDeny says nothing of a direction")
	}
	said := 0
	for _, d := range []struct {
		side      intent.Side
		key, word string
	}{{intent.Served, "ingress", "from"}, {intent.Dialled, "egress", "to"}} {
		allow, deny := spec.Get(d.key), spec.Get(d.key+"Deny")
		allow.Kind()
		deny.Kind()
		for _, n := range allow.Items() {
			p.entry(spec, n, d.side, d.word, intent.Allow)
		}
		for _, n := range deny.Items() {
			p.entry(spec, n, d.side, d.word, intent.Deny)
		}
		rules := len(allow.Items()) + len(deny.Items())
		p.closes(spec, d.key, d.side, rules > 0)
		said += rules
	}
	if said == 0 {
		spec.Reject("has no rule in any direction, which Cilium refuses")
	}
}

// scope is whom a rule selects. grow says that it is rather more than less, where
// the input does not tell.
func (p *policyReader) scope(spec *source.Node, side intent.Side, grow bool) intent.Scope {
	n := spec.Get("endpointSelector")
	if side == intent.Dialled {
		return intent.Scope{Client: p.selector(n, callers, p.ns, true, grow)}
	}
	return intent.Scope{Subject: p.selector(n, called, p.ns, true, grow)}
}

// closes adds the Default of one direction. Rules close it unless they say
// otherwise; without rules nothing does.
// cilium pkg/policy/utils/parserules.go RulesToPolicyEntries
func (p *policyReader) closes(spec *source.Node, key string, side intent.Side, rules bool) {
	said := spec.Get("enableDefaultDeny").Get(key)
	if !rules {
		if said != nil {
			said.Bool()
			p.inert(said, "nothing is denied by default in a direction without rules")
		}
		return
	}
	at := spec.Get(key)
	if at == nil {
		at = spec.Get(key + "Deny")
	}
	if said != nil {
		if at = said; !said.Bool() {
			return
		}
	}
	p.def = append(p.def, &intent.Default{Home: p.home, Side: side, Effect: intent.Deny, Scope: p.scope(spec, side, true), From: intent.From(at.Ref())})
}

// inert marks a value as without effect and says so.
func (r *reader) inert(n *source.Node, why string) {
	n.Inert(why)
	r.note(diag.Inert, why, "remove it", n.Ref())
}

// entry lifts one entry of a list of rules: peers, at ports. An entry that says
// nothing matches nothing; without peers but with ports it means everyone.
func (p *policyReader) entry(spec, n *source.Node, side intent.Side, word string, effect intent.Effect) {
	before := len(p.rest)
	who, said, rest := p.peers(n, word, p.ns, effect)
	ports, icmps := p.filled(n.Get("toPorts")), p.filled(n.Get("icmps"))
	p.rest = append(p.rest, rest...)
	if n.Kind(); !said {
		who = match.True
		if ports == nil && icmps == nil {
			who = match.False
		}
	}
	if effect == intent.Deny {
		onlyPeersAndPorts(n, ports)
	}
	if icmps != nil {
		if ports != nil {
			icmps.Reject("stands beside toPorts, which Cilium refuses")
		}
		p.icmp(icmps)
	}
	if !p.authentication(n.Get("authentication")) {
		// What it never succeeds for is kept out of what other entries let in, too,
		// unless they say otherwise. cilium pkg/policy/mapstate.go
		effect = intent.Deny
	}
	at := match.True
	switch {
	case icmps != nil:
		at = match.False
	case ports != nil:
		pods := spec.Get("endpointSelector")
		if side == intent.Dialled {
			pods = nil
		}
		at = p.ports(pods, ports, side, effect)
	}
	a := &intent.Access{
		Home: p.home, Side: side, Effect: effect, Scope: p.scope(spec, side, effect == intent.Deny), From: intent.From(n.Ref()), Comment: n.Comment(),
		When: match.Conj(match.Simplify(who), match.Simplify(at)),
	}
	if !isLookup(n) {
		p.carriage(who, a)
	}
	p.carries = nil
	if match.IsFalse(a.When) {
		if effect == intent.Allow && icmps == nil && !isLookup(n) {
			p.shut += len(p.rest) - before
		}
		return
	}
	p.access = append(p.access, a)
	if side == intent.Dialled && effect == intent.Allow {
		d := &dialling{access: a, by: p, who: members(match.Simplify(who)), ports: ports, at: match.Simplify(at)}
		d.not = make([][]match.Expr, len(d.who))
		if isLookup(n) {
			d.lookup = n
		}
		p.dials = append(p.dials, d)
	}
}

// filled is a list that holds something: an empty one counts as not said.
func (r *reader) filled(n *source.Node) *source.Node {
	if n.Kind() == source.List && len(n.Items()) == 0 {
		r.inert(n, lastName(n.Ref())+" is empty, which counts as not said")
	}
	if len(n.Items()) == 0 {
		return nil
	}
	return n
}

// onlyPeersAndPorts rejects what a denial cannot have.
// cilium pkg/policy/api/ingress.go IngressDenyRule, l4.go PortDenyRule
func onlyPeersAndPorts(n, ports *source.Node) {
	for _, key := range []string{"authentication", "toFQDNs"} {
		n.Get(key).Reject("is no field of rules that deny")
	}
	for _, p := range ports.Items() {
		for _, key := range []string{"rules", "serverNames", "terminatingTLS", "originatingTLS", "listener"} {
			p.Get(key).Reject("is no field of rules that deny")
		}
	}
}

// authentication reads what is asked of the identity of peers. Other meshes prove
// it by certificates in any case. ok is false where it never succeeds.
func (p *policyReader) authentication(n *source.Node) (ok bool) {
	mode := n.Get("mode")
	switch mode.Str() {
	case "", "disabled":
		return true
	case "required":
		ok = true
	case "test-always-fail":
	default:
		mode.Reject("is not one of disabled, required and test-always-fail")
		return true
	}
	p.note(diag.Deprecated, "authentication of peers by Cilium is deprecated", "leave it to a mesh, or encrypt traffic between nodes", mode.Ref())
	p.rest = append(p.rest, unmodelled{"authentication of peers by Cilium is not translated: identities are those that the mesh proves", mode.Ref()})
	return ok
}
