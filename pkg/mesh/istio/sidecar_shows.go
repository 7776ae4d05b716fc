package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// limitsView is what a Sidecar's listeners are kept for.
const limitsView = "it limits what proxies know and reach"

// sidecarShows reads which hosts a Sidecar tells its callers of; one without listeners
// tells of all, and so is one taken whose listeners are for some ports or sockets, which is
// kept as it is.
// pilot/pkg/model/sidecar.go convertIstioListenerToWrapper, selectServices
func (r *reader) sidecarShows(o *source.Object, of rankedEgress) *intent.Visibility {
	v := &intent.Visibility{Home: of.fact.Home, Scope: of.fact.Scope, From: intent.From(o.Ref())}
	egress := o.Root.Get("spec").Get("egress")
	if seesAll(egress) || !plainListener(egress) {
		v.Shows = []intent.HostsOf{{Pattern: "*", From: v.From}}
		return v
	}
	v.From = intent.From(o.Ref(), egress.Ref())
	for _, h := range egress.Items()[0].Get("hosts").Items() {
		ns, name, _ := strings.Cut(h.Str(), "/")
		ns, hides := strings.CutPrefix(ns, "~")
		hosts := intent.HostsOf{Namespace: cmp.Or(ns, "*"), Pattern: strings.ToLower(name), From: intent.From(h.Ref())}
		switch {
		case hosts.Namespace == "*":
			hosts.Namespace = ""
		case ns == "." && of.rank == len(sidecarRanks)-1:
			hosts.Namespace, hosts.Own = "", true
		case ns == ".":
			hosts.Namespace = o.Namespace
		}
		if hides {
			v.Hides = append(v.Hides, hosts)
		} else {
			v.Shows = append(v.Shows, hosts)
		}
	}
	return v
}

// plainListener reports whether egress listeners are one for all that callers send.
func plainListener(egress *source.Node) bool {
	all := egress.Items()
	return len(all) == 0 || len(all) == 1 && len(all[0].Entries()) == 1 && len(all[0].Get("hosts").Items()) > 0
}

// showsBySidecars adds what Sidecars tell callers of, if some do not tell of all; the last
// that do so are left out.
func (r *reader) showsBySidecars(facts []rankedEgress) {
	last := -1
	for i, f := range facts {
		if f.shows.HidesAny() {
			last = i
		}
	}
	for _, f := range facts[:last+1] {
		r.m.Visible = append(r.m.Visible, f.shows)
	}
}

// shownApart keeps apart what Sidecars, and annotations of Services, make of a VirtualService for callers to whom they
// tell of it, and not of a host, or the other way round: pilot looks for it by its own
// namespace, and where it finds the one without the other, what holds depends on the port
// and on what else the callers are told of. So it does with wildcards.
// pilot/pkg/model/virtualservice.go SelectVirtualServices
func (vs *virtualService) shownApart(hosts []intent.Host) {
	for _, v := range vs.m.Visible {
		if !v.HidesAny() || !match.Meet(orAnyone(vs.client), orAnyone(v.Scope.Client)) {
			continue
		}
		apart := vs.apartFrom(v, hosts)
		if len(apart) == 0 {
			continue
		}
		at, kind := v.From[len(v.From)-1], kindSidecar
		why := "it tells callers of " + vs.object.Ref().Object + ", and not of its hosts, or the other way round"
		if v.Host != (intent.Host{}) {
			kind, why = "Service", "callers that do not know the Service know "+vs.object.Ref().Object+", and the port tells what becomes of what they send there"
		}
		vs.m.Opaque = append(vs.m.Opaque, &intent.Opaque{
			Mesh: Name, Kind: kind, At: at, Scope: intent.Scope{Client: v.Scope.Client}, Hosts: apart, Why: why, From: intent.From(at),
		})
	}
}

// apartFrom are the hosts of a VirtualService of which callers are told otherwise than of it;
// of one Service, that one, which a wildcard stands for too. They are all of one with wildcards,
// which pilot finds by the hosts that are part of them, and of one that asks for the caller's
// namespace: pilot then tells of the destinations only for which a rule asks for no other.
// pilot/pkg/model/virtualservice.go virtualServiceDestinationsFilteredBySourceNamespace
func (vs *virtualService) apartFrom(v *intent.Visibility, hosts []intent.Host) []intent.Host {
	if v.Host != (intent.Host{}) {
		if slices.ContainsFunc(hosts, func(h intent.Host) bool { return vs.in.Env.Covers(h, v.Host) }) {
			return []intent.Host{v.Host}
		}
		return nil
	}
	if slices.ContainsFunc(hosts, intent.Host.Wide) || vs.asksNamespaces() {
		return hosts
	}
	told := vs.toldBy(v, hosts)
	return slices.DeleteFunc(slices.Clone(hosts), func(h intent.Host) bool { return match.Equal(told, vs.toldOf(v, h)) })
}

// asksNamespaces reports whether rules, or those of delegates, ask for the caller's namespace.
func (vs *virtualService) asksNamespaces() bool {
	asks, delegates := false, false
	note := func(l source.Leaf) {
		asks = asks || strings.HasSuffix(l.Ref().Path, ".sourceNamespace")
		delegates = delegates || strings.Contains(l.Ref().Path, ".delegate.")
	}
	if vs.object.Root.Leaves(note); delegates {
		for _, o := range vs.delegates {
			o.Root.Leaves(note)
		}
	}
	return asks
}

// toldBy holds for the callers whom a Sidecar tells of a VirtualService: of one of its hosts.
func (vs *virtualService) toldBy(v *intent.Visibility, hosts []intent.Host) match.Expr {
	var told []match.Expr
	for _, h := range hosts {
		told = append(told, v.Tells(vs.object.Namespace, vs.in.Env.DNS(h)))
	}
	return match.Simplify(match.Disj(told...))
}

// toldOf holds for the callers whom a Sidecar tells of a host, or of which nothing tells.
func (vs *virtualService) toldOf(v *intent.Visibility, h intent.Host) match.Expr {
	m, one := *vs.m, *v
	one.Scope = intent.Scope{}
	m.Inventory, m.Env, m.Visible = *vs.in.Inventory, vs.in.Env, []*intent.Visibility{&one}
	hidden, _ := m.Hidden(h)
	return match.Simplify(match.Negate(hidden))
}
