package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

const kindGroup = "CiliumCIDRGroup"

// blockGroup reads the addresses of a CiliumCIDRGroup by its name, as far as it is in
// the input and none are taken from it, which Cilium does not do. Groups that are
// selected by labels may be others than those of the input.
// cilium pkg/policy/api/cidr.go
func (r *reader) blockGroup(p party, n *source.Node, grow bool, rest *[]unmodelled) match.Expr {
	ref := n.Get("cidrGroupRef")
	group := r.group(ref.Str())
	if group == nil || n.Get("except") != nil || n.Get("cidrGroupSelector") != nil {
		n.MarkRead()
		*rest = append(*rest, unmodelled{"a CiliumCIDRGroup that is not in the input, or chosen by labels, is not translated", n.Ref()})
		return p.unknown(grow)
	}
	r.naming = append(r.naming, group)
	var or match.Or
	for _, block := range group.Root.Get("spec").Get("externalCIDRs").Items() {
		or = append(or, p.block(block))
	}
	return match.Simplify(or)
}

// group is the group of a name; nil is none of the input.
func (r *reader) group(name string) *source.Object {
	for _, o := range r.in.Objects {
		if o.Group() == group && o.Kind == kindGroup && o.Name == name {
			return o
		}
	}
	return nil
}

// nameGroups notes which groups the policy names, as what its facts stem from too.
func (p *policyReader) nameGroups() {
	p.named = p.naming
	for _, g := range p.named {
		p.groups[g] = p.groups[g] || len(p.rest)+len(p.network) > 0
		for _, a := range p.access {
			of := false
			match.Atoms(a.When, func(x match.Atom, _ bool) { of = of || x.Place().Object == g.Ref().Object })
			if of && !slices.Contains(a.From, g.Ref()) {
				a.From = append(slices.Clone(a.From), g.Ref())
			}
		}
	}
}

// otherGroups keeps the groups that no policy names, or one that is kept, as they are.
func (r *reader) otherGroups() {
	for _, o := range r.in.Objects {
		if o.Group() != group || o.Kind != kindGroup {
			continue
		}
		kept, named := r.groups[o]
		if kept || !named {
			r.other(o)
			continue
		}
		gatewayapi.ReadHome(o, nil)
		if len(o.Root.Get("spec").Get("externalCIDRs").Items()) == 0 {
			r.inert(o.Root, o.Ref().Object+" names no addresses, and policies nobody by it")
		}
	}
}
