package gatewayapi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// backendCheck looks a backend up in what the input shows of the cluster; it
// may mark it as missing.
type backendCheck func(b *intent.Backend, n *source.Node) diag.List

// maxWeight is the largest weight of a backend.
const maxWeight = 1_000_000

// backends reads backendRefs; prefix is the one path prefix that the rule
// matches, or "".
func (r *routeReader) backends(n *source.Node, prefix string) []intent.Backend {
	var out []intent.Backend
	items := atMost(n, maxBackends)
	for _, item := range items {
		b := r.backend(item)
		b.Weight = 1
		if w := item.Get("weight"); w != nil {
			b.Weight = within(w, 0, maxWeight)
		}
		f := r.filters(item.Get("filters"), OnBackend, prefix)
		b.Steps = f.steps
		if f.redirect != nil {
			f.guards = append(f.guards, r.keepFailing(item.Get("filters"), "a redirect for one backend is not translated"))
		}
		r.guard(f.guards, b)
		b.Missing = b.Missing || f.fails != nil || f.redirect != nil
		out = append(out, b)
	}
	r.lastFilters(items, out)
	return out
}

// backend reads a reference to a backend.
func (r *routeReader) backend(n *source.Node) intent.Backend {
	b := intent.Backend{From: intent.From(n.Ref()), Port: port(n.Get("port"))}
	b.Host.Service = intent.Name{
		Namespace: cmp.Or(formLabel.read(n.Get("namespace")), r.route.Object.Namespace), Name: formName.need(n, "name"),
	}
	group, kind := n.Get("group").Str(), cmp.Or(n.Get("kind").Str(), "Service")
	if group == GroupClusters && kind == kindImport {
		return r.imported(b, n)
	}
	if (group != "" && group != "core") || kind != "Service" {
		op := r.keepFailing(n, "a backend of kind "+kind+" is not translated")
		if group == GroupClusters {
			op.Purpose = intent.Clusters
		}
		b.Missing = true
		return b
	}
	if b.Port == 0 && n.Get("port") == nil {
		n.Reject("has no port, which a Service needs")
	}
	if name := b.Host.Service.Name; name != "" && !formLabel.fits(name) {
		b.Missing = true
		r.diags.Add(diag.UnknownService, "no Service can be called "+name, "correct the reference", n.Ref())
		return b
	}
	r.diags = append(r.diags, r.check(&b, n)...)
	return b
}

// mirror reads a mirror filter: 100 percent where nothing is said.
func (r *routeReader) mirror(n *source.Node) intent.Mirror {
	m := intent.Mirror{Percent: 100, From: intent.From(n.Ref())}
	ref := n.Get("backendRef")
	if ref == nil {
		n.Reject("has no backendRef")
		return m
	}
	m.To = r.backend(ref)
	percent, fraction := n.Get("percent"), n.Get("fraction")
	switch {
	case percent != nil && fraction != nil:
		n.Reject("has both percent and fraction")
	case percent != nil:
		m.Percent = float64(within(percent, 0, 100))
	case fraction != nil:
		m.Percent = readFraction(fraction)
	}
	return m
}

func readFraction(n *source.Node) float64 {
	part, whole := within(n.Get("numerator"), 0, 1<<31-1), 100
	if d := n.Get("denominator"); d != nil {
		whole = within(d, 1, 1<<31-1)
	}
	if part > whole || whole < 1 {
		n.Reject("is more than one")
		return 0
	}
	return 100 * float64(part) / float64(whole)
}
