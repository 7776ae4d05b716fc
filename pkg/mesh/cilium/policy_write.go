package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

const (
	kindPolicy        = "CiliumNetworkPolicy"
	kindClusterPolicy = "CiliumClusterwideNetworkPolicy"
)

// policy is one object: what a home says of some endpoints, in both directions.
type policy struct {
	home    *intent.Home
	subject match.Expr // of the endpoints that it selects
	side    party      // of the subject's fields
	in, out direction
	from    intent.Origin
	comment string
}

// direction is ingress or egress.
type direction struct {
	allow, deny []entry
	// closed says that a Default denies here what nothing allows; concerned that
	// anything is said.
	closed, concerned bool
}

// policies plans the objects for all that is said of admission.
func (w *writer) policies() []*policy {
	var out []*policy
	byKey := map[string]*policy{}
	of := func(home *intent.Home, side intent.Side, s intent.Scope) (*policy, *direction) {
		subject, p := s.Subject, called
		if side == intent.Dialled {
			subject, p = s.Client, callers
		}
		selected, why := p.scope(subject)
		if why != "" {
			panic("cilium: a scope that no policy selects: " + match.String(subject))
		}
		key := homeKey(home) + "|" + selected.key()
		if byKey[key] == nil {
			byKey[key] = &policy{home: home, subject: subject, side: p}
			out = append(out, byKey[key])
		}
		if side == intent.Dialled {
			return byKey[key], &byKey[key].out
		}
		return byKey[key], &byKey[key].in
	}
	for _, a := range w.m.Access {
		if w.isVerbatim(a.Home) {
			continue
		}
		p, d := of(a.Home, a.Side, a.Scope)
		p.from = append(p.from, a.From...)
		d.add(a)
	}
	for _, x := range w.m.Default {
		if x.From.Defaulted() || x.Effect != intent.Deny || w.isVerbatim(x.Home) {
			continue
		}
		p, d := of(w.homeOf(out, x), x.Side, x.Scope)
		p.from = append(p.from, x.From...)
		d.closed, d.concerned = true, true
		if x.Withheld && !strings.Contains(p.comment, x.Why) {
			p.comment = strings.TrimPrefix(p.comment+"\n"+x.Why, "\n")
		}
	}
	return out
}

// homeOf is where a Default is written: its own home, or that of facts about the
// same endpoints where it has none.
func (w *writer) homeOf(planned []*policy, d *intent.Default) *intent.Home {
	for _, p := range planned {
		if d.Home == nil && d.Side == intent.Served && match.Equal(p.subject, d.Scope.Subject) {
			return p.home
		}
	}
	return d.Home
}

func homeKey(h *intent.Home) string {
	if h == nil {
		return ""
	}
	return h.Namespace + "/" + h.Name
}

func (s scope) key() string {
	text := keyText(s.rest.selector())
	if s.namespace != nil {
		text += s.namespace.Value
	}
	return text
}

// add writes a fact as entries.
func (d *direction) add(a *intent.Access) {
	d.concerned = true
	side := callers
	if a.Side == intent.Dialled {
		side = called
	}
	all, why := side.entriesOf(a.Effect, a.When)
	if why != "" {
		panic("cilium: a condition that no rule says: " + why)
	}
	for i := range all {
		all[i].from, all[i].comment = a.From, a.Comment
	}
	if a.Effect == intent.Allow {
		d.allow = append(d.allow, all...)
	} else {
		d.deny = append(d.deny, all...)
	}
}

// print writes the object.
func (w *writer) policy(p *policy) *manifest.Object {
	selected, _ := p.side.scope(p.subject)
	kind, namespace := kindClusterPolicy, ""
	if selected.namespace != nil {
		kind, namespace = kindPolicy, selected.namespace.Value
	}
	name := policyName(selected)
	if p.home != nil {
		name = p.home.Name
	}
	o := manifest.New(group+"/v2", kind, namespace, w.name(kind, namespace, name))
	gatewayapi.WriteHome(o, w.once(p.home), nil)
	if p.comment != "" {
		o.Root.Above(strings.TrimPrefix(o.Root.Comment()+"\n"+p.comment, "\n"))
	}
	for _, about := range []struct {
		closed bool
		text   string
	}{{p.in.closed, everyPod}, {p.out.closed, everyCaller}} {
		if about.closed && selected.namespace == nil && len(selected.rest) == 0 {
			o.Root.Above(strings.TrimPrefix(o.Root.Comment()+"\n"+about.text, "\n"))
		}
	}
	o.From = append(o.From, p.from...)
	spec := manifest.Map().Set("endpointSelector", selected.rest.selector())
	w.direction(spec, p, intent.Served)
	w.direction(spec, p, intent.Dialled)
	spec.Set("enableDefaultDeny", w.defaultDeny(p))
	o.Root.Set("spec", spec)
	return o
}

// everyPod is what people should know of a policy that closes the whole cluster.
const everyPod = "This selects every pod of the cluster, also those of kube-system: let in there what must reach them, such as DNS."

// everyCaller is what people should know of a policy that keeps the whole cluster in.
const everyCaller = "This selects every pod of the cluster, also those of kube-system: let out what these ask of servers outside, such as DNS."

// policyName is the name of a policy that no object of the source stands for.
func policyName(s scope) string {
	for _, r := range s.rest.sorted() {
		if len(r.values) == 1 && !r.not {
			return strings.ToLower(strings.Trim(r.values[0].Value, "-_."))
		}
	}
	return "default"
}

// direction prints what is let in and kept out. What is closed and lets nobody in
// has an empty entry, which matches nothing: an empty list would be refused.
func (w *writer) direction(spec *manifest.Node, p *policy, side intent.Side) {
	d, name, word := p.in, "ingress", "from"
	if side == intent.Dialled {
		d, name, word = p.out, "egress", "to"
	}
	if !d.concerned {
		return
	}
	allow, deny := manifest.List(), manifest.List()
	for _, e := range merged(d.allow) {
		allow.Append(e.node(word, w.m.Env.TrustDomain))
	}
	for _, e := range merged(d.deny) {
		deny.Append(e.node(word, w.m.Env.TrustDomain))
	}
	if side == intent.Dialled && byLookup(d) && withinOne(p.callers(), w.inside()) {
		allow.Append(lookupNode())
	}
	if len(allow.Kids) == 0 && d.closed {
		allow.Append(manifest.Map())
	}
	if len(allow.Kids) > 0 {
		spec.Set(name, allow)
	}
	if len(deny.Kids) > 0 {
		spec.Set(name+"Deny", deny)
	}
}

// callers are the endpoints of a policy as those that call.
func (p *policy) callers() match.Expr {
	if p.side.client {
		return p.subject
	}
	return match.Map(p.subject, func(a match.Atom) match.Expr {
		for from, to := range map[match.Field]match.Field{called.namespace: callers.namespace, called.account: callers.account, called.label: callers.label} {
			if a.Field == from {
				a.Field = to
				return a
			}
		}
		return nil
	})
}

// defaultDeny says where rules close nothing. They do by themselves, which is
// right where the policy's Default denies, or another one's all the same.
func (w *writer) defaultDeny(p *policy) *manifest.Node {
	n := manifest.Map()
	if p.in.concerned && !p.in.closed && !w.closed(p.subject, intent.Served) {
		n.Set("ingress", manifest.Bool(false))
	}
	if p.out.concerned && !p.out.closed && !w.closed(p.subject, intent.Dialled) {
		n.Set("egress", manifest.Bool(false))
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}

// closed reports whether some Default denies in all of a scope.
func (w *writer) closed(subject match.Expr, side intent.Side) bool {
	return slices.ContainsFunc(w.m.Default, func(d *intent.Default) bool {
		if d.Effect != intent.Deny || d.Side != side {
			return false
		}
		scope := d.Scope.Subject
		if side == intent.Dialled {
			scope = d.Scope.Client
		}
		return among(subject, scope)
	})
}
