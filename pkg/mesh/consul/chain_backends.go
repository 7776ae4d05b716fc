package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// next follows a leg: to the splits of its service, unless it names a subset, and
// to instances. o is who leads there.
func (c *chain) next(o *source.Object, l leg) []intent.Backend {
	c.meets(l.service)
	sp := c.splitters[l.service]
	if l.subset != "" || sp == nil || l.foreign() {
		return []intent.Backend{c.resolve(o, l, 1)}
	}
	return reduced(c.split(o, sp, allShares, nil, nil))
}

// split flattens a splitter: the shares of a splitter behind another are
// multiplied, and rounded to hundredths of a percent again.
func (c *chain) split(o *source.Object, sp *splitter, share int, steps []intent.Step, above []service) []intent.Backend {
	if slices.Contains(above, sp.service) {
		c.refuse(sp.object, "its splits lead back to itself")
		return nil
	}
	above = append(slices.Clone(above), sp.service)
	var out []intent.Backend
	for _, s := range sp.splits {
		c.meets(s.service)
		weight := (share*s.weight + allShares/2) / allShares
		all := append(slices.Clone(steps), s.steps...)
		if inner := c.splitters[s.service]; inner != nil && s.subset == "" && !s.foreign() && s.service != sp.service {
			out = append(out, c.split(sp.object, inner, weight, all, above)...)
			continue
		}
		b := c.resolve(sp.object, s.leg, weight)
		b.Steps = all
		out = append(out, b)
	}
	return out
}

// reduced writes shares as percentages where they are whole.
func reduced(to []intent.Backend) []intent.Backend {
	if slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight%100 != 0 }) {
		return to
	}
	for i := range to {
		to[i].Weight /= 100
	}
	return to
}

// resolve finds the instances that a leg means, and those that stand in for them.
func (c *chain) resolve(o *source.Object, l leg, weight int) intent.Backend {
	l, res := c.redirected(o, l)
	b := c.backend(o, l, weight)
	if res == nil {
		return b
	}
	key := l.subset
	if _, ok := res.failover[key]; !ok {
		key = anyName
	}
	res.failedOver[key] = true
	for _, f := range res.failover[key] {
		if f.subset == "" && f.service == l.service {
			f.subset = l.subset
		}
		if to, _ := c.redirected(res.object, f); to.service != l.service || to.subset != l.subset || to.foreign() {
			back := c.backend(res.object, to, 1)
			back.From = intent.From(f.node.Node.Ref())
			b.Fallback = append(b.Fallback, back)
		}
	}
	return b
}

// redirected follows redirects and default subsets, and returns the resolver that
// decides in the end.
func (c *chain) redirected(o *source.Object, l leg) (leg, *resolver) {
	seen := map[leg]bool{}
	for {
		c.meets(l.service)
		res := c.resolvers[l.service]
		switch {
		case l.partition != "":
			return l, nil // it has resolvers of its own
		case l.foreign() || res == nil:
			return l, res
		}
		key := leg{service: l.service, subset: l.subset}
		if seen[key] {
			c.refuse(res.object, "its redirects lead back to itself")
			return l, nil
		}
		seen[key] = true
		switch subset := res.defaultSubset.text(); {
		case res.redirect != nil && (res.redirect.service != l.service || res.redirect.subset != "" && res.redirect.subset != l.subset || res.redirect.foreign()):
			to := *res.redirect
			if to.subset == "" && to.service == l.service {
				to.subset = l.subset
			}
			c.agree(o, l)
			l = to
		case l.subset == "" && subset != "":
			l.subset, l.node = subset, res.defaultSubset
		default:
			return l, res
		}
	}
}

// backend is the set of instances that a resolved leg means.
func (c *chain) backend(o *source.Object, l leg, weight int) intent.Backend {
	b := intent.Backend{Host: c.names.host(l.service), SubsetName: l.subset, Weight: weight}
	if !l.node.missing() {
		b.From = intent.From(l.node.Node.Ref())
	}
	c.agree(o, l)
	if l.foreign() {
		b.Host = intent.Host{DNS: abroad(l)}
		c.imports(l, b)
	} else {
		b.Missing = c.in.Env.Complete.Services && len(c.names.find(l.service)) == 0
	}
	if l.subset == "" {
		return b
	}
	res := c.resolvers[l.service]
	switch {
	case res == nil:
		b.Missing = true
		c.missing(l)
		return b
	case res.subsets[l.subset] == nil:
		c.refuse(o, "service "+l.service.String()+" does not have a subset named "+l.subset)
		return b
	}
	b.Subset = res.subsets[l.subset].where
	b.From = append(b.From, res.subsets[l.subset].node.Node.Ref())
	return b
}

// agree refuses an object that leads to a service of this cluster which is said to speak
// otherwise, also where that only sends on to another one.
// agent/consul/discoverychain/compile.go getResolverNode
func (c *chain) agree(o *source.Object, l leg) {
	if o != nil && l.peer == "" && l.partition == "" && c.disagree(l.service) {
		c.refuse(o, "it joins services of several protocols: "+c.service.String()+" has "+c.protocol(c.service)+", "+l.service.String()+" has "+c.protocol(l.service))
	}
}

// disagree reports whether another service is said to speak otherwise.
func (c *chain) disagree(other service) bool {
	_, said := c.protocolSaid(other)
	return (said || c.assumed[other]) && c.protocol(other) != c.protocol(c.service)
}

// missing says that the resolver which defines a subset is not in the input.
func (c *chain) missing(l leg) {
	if at := l.node.Node.Ref(); !c.told[at] {
		c.told[at] = true
		c.diags.Add(diag.UnknownSubset, at.Object+" refers to subset "+l.subset+" of "+l.service.String()+", whose ServiceResolver is not in the input", "add it to the input", at)
	}
}

// imports notes a name by which Consul alone finds a service of others.
func (c *chain) imports(l leg, b intent.Backend) {
	if c.m.Inventory.Imported(b.Host) == nil {
		c.m.Inventory.Imports = append(c.m.Inventory.Imports, intent.Import{DNS: b.Host.DNS, Clusters: l.text(), From: b.From})
	}
}
