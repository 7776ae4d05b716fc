package cilium

import (
	"slices"
	"sync"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Names are let out by the addresses that DNS gave for them, which agents know of
// lookups that a rule for DNS lets pass. Where all that is inside may be dialled such a
// rule lets nothing more pass.
// https://docs.cilium.io/en/stable/security/policy/language/#dns-based

// The labels of the pods that answer lookups, and their port.
const (
	dnsNamespace = "kube-system"
	dnsKey       = "k8s-app"
	dnsName      = "kube-dns"
	dnsPort      = "53"
)

// lookupNode prints the rule for lookups.
func lookupNode() *manifest.Node {
	pods := requirements{
		{key: keyNamespace, values: []match.Atom{{Value: dnsNamespace}}}, {key: dnsKey, values: []match.Atom{{Value: dnsName}}},
	}
	port := manifest.Map().Set("port", manifest.Str(dnsPort)).Set("protocol", manifest.Str("ANY"))
	all := manifest.Map().Set("dns", manifest.List(manifest.Map().Set("matchPattern", manifest.Str("*"))))
	return manifest.Map().Set("toEndpoints", manifest.List(pods.selector())).
		Set("toPorts", manifest.List(manifest.Map().Set("ports", manifest.List(port)).Set("rules", all)))
}

// isLookup reports whether an entry is the rule for lookups.
func isLookup(n *source.Node) bool {
	pods, ports := n.Get("toEndpoints").Items(), n.Get("toPorts").Items()
	if len(n.Entries()) != 2 || len(pods) != 1 || len(ports) != 1 || len(pods[0].Entries()) != 1 {
		return false
	}
	labels := pods[0].Get("matchLabels")
	number, rules := ports[0].Get("ports").Items(), ports[0].Get("rules").Get("dns").Items()
	return len(labels.Entries()) == 2 && labels.Get(keyNamespace).Text() == dnsNamespace && labels.Get(dnsKey).Text() == dnsName &&
		len(number) == 1 && number[0].Get("port").Text() == dnsPort && number[0].Get("protocol").Text() == "ANY" && number[0].Get("endPort") == nil &&
		len(rules) == 1 && rules[0].Get("matchPattern").Text() == "*"
}

// byLookup reports whether an object's entries for the outside are by names.
func byLookup(d direction) bool {
	return slices.ContainsFunc(d.allow, func(e entry) bool { return e.peers[0].kind == byName })
}

// insideDials are the workloads that single facts let dial all that is inside.
func insideDials(m *intent.Model) []match.Expr {
	var out []match.Expr
	for _, a := range m.Access {
		if a.Side == intent.Dialled && a.Effect == intent.Allow && match.IsTrue(match.Restrict(a.When, match.DestHost, "", "", false)) {
			out = append(out, a.Scope.Client)
		}
	}
	return out
}

// withinOne reports whether the workloads of a scope are among those of one of others.
func withinOne(callers match.Expr, of []match.Expr) bool {
	return slices.ContainsFunc(of, func(e match.Expr) bool { return among(callers, e) })
}

// among reports whether the workloads of a scope are among those of another. Most are the
// same, or seen to be others.
func among(some, all match.Expr) bool {
	if match.Equal(some, all) {
		return true
	}
	if match.Apart(some, all) {
		return false
	}
	_, answer := match.Implies(some, all)
	return answer == match.Yes
}

// lookups keeps policies as they are that have a rule for lookups, unless it is written
// again with them: beside names that are let out, where all that is inside is.
func (r *reader) lookups() {
	inside := sync.OnceValue(func() []match.Expr { return insideDials(r.m) })
	names := map[*policyReader]bool{} // that let out to them
	for _, d := range r.dials {
		names[d.by] = names[d.by] || slices.ContainsFunc(d.who, func(e match.Expr) bool {
			a, is := e.(match.Atom)
			return is && a.Field == match.DestHost && a.Op != match.Present
		})
	}
	for _, d := range r.dials {
		if d.lookup == nil {
			continue
		}
		if names[d.by] && withinOne(d.access.Scope.Client, inside()) {
			continue
		}
		d.by.keep(unmodelled{dnsNames, d.lookup.Ref()})
	}
}

// keep keeps a policy as it is that was read before.
func (p *policyReader) keep(u unmodelled) {
	if len(p.rest) > 0 {
		return
	}
	p.rest = append(p.rest, u)
	p.verbatim(p.object, p.home, u.why, false, u.at)
	for _, g := range p.named {
		p.groups[g] = true
	}
}
