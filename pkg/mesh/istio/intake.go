package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// intakes are what the proxies of servers keep to of what DestinationRules say of callers: the
// connectionPool of the rule that counts for callers in the server's own namespace, of no
// subset. One that selects workloads limits no server, but hides from all of them what is
// less specific. What a Sidecar of the model limits stands before them.
// pilot/pkg/networking/core/cluster_builder.go buildInboundCluster, pilot/pkg/model/sidecar.go DestinationRule
func intakes(m *intent.Model) []*intent.Intake {
	pools := sidecarPools(m)
	if len(pools) == 0 && !slices.ContainsFunc(m.Upstream, func(u *intent.Upstream) bool { return u.Limits != nil }) {
		return nil
	}
	inside := insideHosts(m)
	var all, hiding []serverRule
	for _, u := range m.Upstream {
		if u.From.Defaulted() || u.SubsetName != "" || u.Subset != nil {
			continue
		}
		hosts, at := servers(m, u, inside)
		_, labels := callers(u.Scope.Client)
		for _, h := range hosts {
			i := serverRule{&intent.Intake{Home: u.Home, Host: h, Port: u.Port, From: u.From}, u.Host, false}
			if len(labels) > 0 {
				i.Port = 0
				hiding = append(hiding, i)
				continue
			}
			if u.Limits != nil {
				i.Limits, i.From = keptAtServer(u.Limits), u.Limits.From
			}
			i.own = policyHome(&m.Env, u.Home, u.Host, u.Scope.Client).Namespace == at
			all = append(all, i)
		}
	}
	for _, i := range hiding {
		all = hidden(m, all, i)
	}
	out := make([]*intent.Intake, 0, len(pools)+len(all))
	out = append(out, pools...)
	for _, i := range all {
		if !slices.ContainsFunc(pools, func(p *intent.Intake) bool { return m.Env.Covers(p.Host, i.Host) }) {
			out = append(out, i.Intake)
		}
	}
	return telling(m, out)
}

// serverRule is what a DestinationRule says for some host, in the end of servers.
type serverRule struct {
	*intent.Intake
	host intent.Host // of the rule itself
	own  bool        // says that the rule is in the namespace of the servers
}

// hidden puts a fact by which nothing is limited before those that cover its host, but for rules
// of the same namespace for the same host, or for more specific ones.
func hidden(m *intent.Model, all []serverRule, by serverRule) []serverRule {
	at := slices.IndexFunc(all, func(x serverRule) bool {
		return m.Env.Covers(x.Host, by.Host) && !(x.own && hostRank(x.host) > hostRank(by.host))
	})
	if at < 0 || all[at].own && all[at].host == by.host {
		return all
	}
	return slices.Insert(all, at, by)
}

// telling leaves out facts behind others for the same host and port, and those by which nothing
// is limited where no later one would do so.
func telling(m *intent.Model, all []*intent.Intake) (out []*intent.Intake) {
	seen := map[intent.Host][]int{}
	all = slices.DeleteFunc(all, func(i *intent.Intake) bool {
		twice := slices.Contains(seen[i.Host], i.Port) || slices.Contains(seen[i.Host], 0)
		seen[i.Host] = append(seen[i.Host], i.Port)
		return twice
	})
	var later boundHosts
	for _, i := range slices.Backward(all) {
		if i.Bounds() {
			later.add(i)
		} else if !later.meets(m, i) {
			continue
		}
		out = append(out, i)
	}
	slices.Reverse(out)
	return out
}

// keptAtServer are the limits that a server's proxy keeps to. It upgrades no connection to
// HTTP/2, and tries nothing again.
// pilot/pkg/networking/core/cluster_traffic_policy.go applyTrafficPolicy
func keptAtServer(l *intent.Limits) *intent.Limits {
	if l == nil {
		return nil
	}
	out := *l
	out.UpgradeHTTP2, out.MaxRetries = nil, nil
	out.At = slices.DeleteFunc(slices.Clone(l.At), func(p intent.Place) bool {
		return p.Setting == intent.SettingRetries || strings.HasSuffix(p.Ref.Path, "h2UpgradePolicy")
	})
	return &out
}

// servers are the hosts whose own workloads are among the callers for whom a policy counts, or
// may be by their labels, and where these are: the host of the policy, or of one for many,
// those in the namespaces of the callers. inside are hosts of no Service that have such
// workloads.
func servers(m *intent.Model, u *intent.Upstream, inside map[intent.Host]string) (hosts []intent.Host, at string) {
	at, known := namespaceOf(m, u.Host, inside)
	names, _ := callers(match.Simplify(u.Scope.Client))
	switch {
	case !known:
		return nil, at
	case match.IsTrue(u.Scope.Client) || slices.Contains(names, at):
		return []intent.Host{u.Host}, at
	case at != "":
		return nil, at
	}
	for _, name := range names {
		if all := (intent.Host{DNS: "*." + name + ".svc." + m.Env.ClusterDomain}); m.Env.Covers(u.Host, all) {
			hosts, at = append(hosts, all), name
		}
	}
	return hosts, at
}

// namespaceOf is where the workloads behind a host are; "" is not in one alone, and known says
// that it has any.
func namespaceOf(m *intent.Model, h intent.Host, inside map[intent.Host]string) (at string, known bool) {
	if !h.Service.IsZero() {
		return h.Service.Namespace, true
	}
	if name, ok := strings.CutSuffix(h.DNS, ".svc."+m.Env.ClusterDomain); ok {
		return strings.TrimPrefix(strings.TrimPrefix(name, "*"), "."), true
	}
	at, known = inside[h]
	return at, known || h.Wide()
}

// insideHosts are hosts of ServiceEntries behind which there may be sidecars, with the
// namespaces of these.
func insideHosts(m *intent.Model) map[intent.Host]string {
	out := map[intent.Host]string{}
	for _, e := range m.External {
		if e.Home != nil && (e.Inside || e.Selector != nil) {
			for _, h := range e.Hosts {
				out[h] = e.Home.Namespace
			}
		}
	}
	return out
}

// boundHosts are hosts with limits.
type boundHosts struct {
	by   map[intent.Host][]*intent.Intake
	wide []*intent.Intake
}

func (b *boundHosts) add(i *intent.Intake) {
	if i.Host.Wide() {
		b.wide = append(b.wide, i)
		return
	}
	if b.by == nil {
		b.by = map[intent.Host][]*intent.Intake{}
	}
	b.by[i.Host] = append(b.by[i.Host], i)
}

// meets reports whether limits would hold for some host and port of which it is said that there
// are none.
func (b *boundHosts) meets(m *intent.Model, i *intent.Intake) bool {
	of := func(l *intent.Intake) bool {
		return (l.Port == 0 || i.Port == 0 || l.Port == i.Port) && (m.Env.Covers(l.Host, i.Host) || m.Env.Covers(i.Host, l.Host))
	}
	if slices.ContainsFunc(b.wide, of) {
		return true
	}
	if !i.Host.Wide() {
		return slices.ContainsFunc(b.by[i.Host], of)
	}
	for _, all := range b.by {
		if slices.ContainsFunc(all, of) {
			return true
		}
	}
	return false
}
