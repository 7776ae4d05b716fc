package istio

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// contest decides who routes one host in the mesh, and for whom.
type contest struct {
	claims *claims
	// made are the tables by their slots, order those of the host.
	made  map[*intent.Routing][]*intent.Routing
	order []*intent.Routing
	// wider says that a VirtualService of a wildcard stands behind, which is not asked
	// about what one before it leaves: of a wildcard that stands for the host too, or
	// of the same.
	wider bool
}

// contender is one VirtualService that routes the host, for those whom it is exported
// to in one way.
type contender struct {
	*meshClaim
	client match.Expr
	rank   int
	tables []*intent.Routing
	// lost says that others route the host for all of these, withheld that it is not
	// known who does.
	lost, withheld bool
}

// settle makes the tables of a host. Of several VirtualServices the first in order
// that has a rule for a caller and port routes the host for these.
func (k *contest) settle(group []*meshClaim) {
	var all []*contender
	for _, m := range group {
		if len(group) == 1 {
			all = append(all, &contender{meshClaim: m, client: m.client})
		} else {
			all = append(all, m.exported()...)
		}
	}
	slices.SortStableFunc(all, func(a, b *contender) int { return cmp.Compare(a.rank, b.rank) })
	for i, x := range all {
		x.tables = x.concerned(x.table(x.host, x.protocol, x.rules), x.client)
		k.against(all[:i], x)
	}
	atEachPort(all)
	for _, m := range group {
		k.made[m.slot] = nil
		k.wider = k.wider || len(all) > 1 && isWildcard(m.host)
	}
	k.take(slices.DeleteFunc(slices.Clone(all), func(x *contender) bool { return x.lost || x.withheld }))
	for _, m := range group {
		if !slices.ContainsFunc(all, func(x *contender) bool { return x.meshClaim == m && !x.lost }) && len(all) > 1 {
			lostTo(m.object, m.at).Inert("an older VirtualService routes the host")
		}
	}
}

// atEachPort makes tables for all ports ones for the ports too that others have tables
// for, so that at these the order of the contenders counts.
func atEachPort(all []*contender) {
	if len(all) < 2 {
		return
	}
	var ports []int
	for _, x := range all {
		for _, t := range x.tables {
			ports = append(ports, t.Port)
		}
	}
	slices.Sort(ports)
	for _, x := range all {
		var more []*intent.Routing
		for _, p := range slices.Compact(ports) {
			of := slices.IndexFunc(x.tables, func(t *intent.Routing) bool { return t.Port == 0 })
			if of < 0 || slices.ContainsFunc(x.tables, func(t *intent.Routing) bool { return t.Port == p }) {
				continue
			}
			at := x.tables[of].Clone()
			at.Port, at.Rules = p, atPort(at.Rules, p)
			more = append(more, at)
		}
		x.tables = append(more, x.tables...)
	}
}

// take adds the tables of contenders. Where none of the rules concerns a caller the
// request goes on to the Service: no wildcard is asked, and of VirtualServices of one
// wildcard only the first.
// pilot/pkg/model/sidecar.go computeWildcardHostVirtualServiceIndex
func (k *contest) take(all []*contender) {
	var rest []*contender
	for _, x := range all {
		k.add(x, x.tables...)
		switch {
		case !k.wider || x.closes():
		case isWildcard(x.host):
			k.add(x, x.rests(all)...)
		default:
			rest = append(rest, x)
		}
	}
	for _, x := range rest {
		if !slices.ContainsFunc(all, func(y *contender) bool { return y.closes() && x.coveredBy(y) }) {
			k.add(x, x.rests(all)...)
		}
	}
}

func (k *contest) add(x *contender, tables ...*intent.Routing) {
	var ts []*intent.Routing
	for _, t := range tables {
		parts := x.byCaller(t)
		if ts = append(ts, parts...); len(parts) > 1 {
			x.keepShown(parts)
		}
	}
	for _, t := range ts {
		gatewayapi.SettleRedirects(t, gatewayapi.AskedAt(t, x.in.Inventory.Service(x.host.Service), nil))
	}
	k.made[x.slot] = append(k.made[x.slot], ts...)
	k.order = append(k.order, ts...)
}

// rests are the tables of requests that no rule concerns: at each port that others have
// tables for, which would count there, and at all.
func (x *contender) rests(all []*contender) []*intent.Routing {
	ports := []int{}
	for _, y := range all {
		for _, t := range y.tables {
			ports = append(ports, t.Port)
		}
	}
	ports = append(ports, 0)
	slices.Sort(ports)
	ports = slices.Compact(ports)
	var out []*intent.Routing
	for _, p := range append(ports[1:], 0) {
		t := x.table(x.host, x.protocol, nil)
		t.Port, t.Scope.Client, t.Else = p, x.client, intent.Passthrough{}
		out = append(out, t)
	}
	return out
}

// closes reports whether the tables leave no request to others: they are for all whom
// the object is exported to, at every port.
func (x *contender) closes() bool {
	return slices.ContainsFunc(x.tables, func(t *intent.Routing) bool { return t.Port == 0 && match.Equal(t.Scope.Client, x.client) })
}

// coveredBy reports whether another is exported to all whom this one is.
func (x *contender) coveredBy(y *contender) bool {
	_, within := match.Implies(x.client, y.client)
	return within == match.Yes
}

// against compares a contender with those before it.
func (k *contest) against(before []*contender, x *contender) {
	for _, y := range before {
		if y.object == x.object {
			x.lost = x.lost || y.meshClaim != x.meshClaim && match.Equal(x.client, y.client)
			continue
		}
		if _, answer := match.Overlap(x.client, y.client); answer == match.No {
			continue
		}
		undecided := x.rank == y.rank && ageUnknown(x.object, y.object)
		wholly := (y.closes() || isWildcard(y.host)) && x.coveredBy(y)
		k.tell(y, x, wholly || undecided)
		switch {
		case undecided:
			k.undecided(y, x)
		case wholly:
			x.lost = true
		}
	}
}

// tell says that two objects route one host.
func (k *contest) tell(first, x *contender, wholly bool) {
	detail := "Istio takes the routes of the older one, and those of the other have no effect"
	switch {
	case first.rank != x.rank:
		detail = "Istio takes the routes that are exported to fewer, and those of the other for all other callers"
	case !wholly:
		detail = "Istio takes the routes of the older one for callers and ports that one of them is for, and those of the other for the rest"
	}
	x.diags.Tell(diag.HostClaimedTwice, x.host.String()+" is routed by "+first.object.Ref().Object+" and by "+x.object.Ref().Object,
		detail, "keep the host in one of them", x.at.Ref(), first.object.Ref())
}

// undecided withholds both of two objects whose age decides.
func (k *contest) undecided(first, x *contender) {
	x.diags.Tell(diag.OrderUnknown, "which of two VirtualServices routes "+x.host.String()+" depends on their age", "neither is translated for this host",
		"keep the host in one of them, or export both with metadata.creationTimestamp", x.at.Ref(), first.object.Ref())
	for _, y := range []*contender{first, x} {
		y.withheld = true
		k.claims.withheld[y.object] = true
		lostTo(y.object, y.at).Withhold(ageOfTwo)
	}
}

const ageOfTwo = "two VirtualServices route the host, and which one is older is not known"

// lostTo is what is lost where another object routes the host that stands at: all
// of the routes where it is the only host.
func lostTo(o *source.Object, at *source.Node) *source.Node {
	if spec := o.Root.Get("spec"); len(spec.Get("hosts").Items()) == 1 {
		return spec
	}
	return at
}
