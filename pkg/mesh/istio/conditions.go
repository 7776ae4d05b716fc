package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// The conditions of answers: "" for a part that can be said, or what does not
// fit. Parts of other kinds, and none, fit.

// asHTTP holds for no table: gRPC is written as the HTTP that it is.
func asHTTP(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && t.Protocol == intent.GRPC {
		return "gRPC is routed by HTTP routes"
	}
	return ""
}

// forCallers holds for tables for clients that the matches of rules can tell: by
// namespace and labels.
func forCallers(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok {
		return ""
	}
	alts, ok := match.DNF(t.Scope.Client, 100)
	if !ok {
		return "its clients are told in too many ways"
	}
	for _, ls := range alts {
		for _, l := range ls {
			if why := callerCan(l); why != "" {
				return why
			}
		}
	}
	return ""
}

// labelled holds for subsets that are chosen by labels.
func labelled(p intent.Part) string {
	b, ok := p.(*intent.Backend)
	if !ok {
		return ""
	}
	if ns, _, ok := selected(b.Subset); !ok || ns != "" || b.SubsetName == "" {
		return "a subset has a name and is chosen by labels"
	}
	return ""
}

// called holds for policies of callers in one namespace, with or without
// labels, or in several.
func called(p intent.Part) string {
	u, ok := p.(*intent.Upstream)
	if !ok {
		return ""
	}
	return calledBy(u.Scope.Client)
}

// dialledBy is called for how connections are secured.
func dialledBy(p intent.Part) string {
	t, ok := p.(*intent.Transport)
	if !ok {
		return ""
	}
	if o := t.Originate; o != nil && (len(o.Authorities) > 1 || len(o.Authorities) == 1 && o.Authorities[0].Kind != "ConfigMap") {
		return "one ConfigMap or Secret holds the authorities for servers"
	}
	if t.Mode == intent.Auto && t.Port == 0 { // the settings of a port replace those of the host
		return "automatic mutual TLS is what is not said"
	}
	return calledBy(t.Scope.Client)
}

func calledBy(client match.Expr) string {
	const why = "a DestinationRule is for the callers of namespaces, or of one with labels"
	if _, ok := callerNamespaces(client); ok {
		return ""
	}
	namespaces, labels := callers(client)
	and, _ := client.(match.And)
	if len(namespaces) != 1 || len(labels) == 0 || len(and) != 1+len(labels) {
		return why
	}
	for _, e := range and {
		if a := e.(match.Atom); a.Op != match.Exact {
			return why
		}
	}
	return ""
}

// acceptedBy holds for modes of workloads that a PeerAuthentication selects: in
// the root namespace, those with labels and single ports have no effect.
func acceptedBy(p intent.Part) string {
	t, ok := p.(*intent.Transport)
	if !ok {
		return ""
	}
	rest, port, ok := portOf(t.Scope.Subject)
	namespace, labels, _ := selected(rest)
	switch {
	case !ok:
		return "a policy selects the workloads of one namespace, or of all, by labels that they have"
	case namespace == "" && len(labels) > 0:
		return "a policy that selects workloads is for one namespace"
	case port != "" && len(labels) == 0:
		return "a policy for a port selects workloads by labels"
	}
	return ""
}

// validatedBy holds for tokens of workloads that can be selected.
func validatedBy(p intent.Part) string {
	if t, ok := p.(*intent.Tokens); ok {
		return accessScope(t.Scope.Subject)
	}
	return ""
}

// answers holds for the statuses that a direct response may have.
func answers(p intent.Part) string {
	if r, ok := p.(intent.Respond); ok && (r.Status < 200 || r.Status > 599) {
		return "a direct response has a status from 200 to 599"
	}
	return ""
}

// retried holds for conditions that Envoy has a word for.
func retried(p intent.Part) string {
	r, ok := p.(*intent.Retry)
	if !ok || r == nil {
		return ""
	}
	for _, on := range r.On {
		if retrySpellings(on) == nil {
			return "Istio has no word for retrying on " + string(on)
		}
	}
	return ""
}

// budgeted holds for budgets by a share of active requests.
func budgeted(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.Budget != nil {
		return "a budget is for a host and not for rules"
	}
	if b, ok := p.(*intent.RetryBudget); ok && b != nil && (b.MinPerSecond != 0 || b.Percent > 100) {
		return "a budget is a share of active requests, of up to 100 percent, and a number of concurrent retries"
	}
	return ""
}

// balanced holds for the algorithms of Envoy.
func balanced(p intent.Part) string {
	if b, ok := p.(*intent.Balance); ok && b != nil && b.Policy != intent.Consistent && word(algorithms, b.Policy) == "" {
		return "the proxies do not balance by " + string(b.Policy)
	}
	return ""
}

// listened holds for listeners whose routes come from all namespaces, the
// gateway's own, or one.
func listened(p intent.Part) string {
	l, ok := p.(*intent.Listener)
	if !ok || l == nil {
		return ""
	}
	if word(gatewayProtocols, l.Protocol) == "" {
		return "a server does not speak " + l.Protocol
	}
	if _, ok := routesPrefix(l); !ok {
		return "a server takes routes of all namespaces, of its own, or of one"
	}
	return ""
}

// ownEntry holds for entries by themselves.
func ownEntry(p intent.Part) string {
	if e, ok := p.(*intent.Entry); ok && e != nil && (!e.Parent.IsZero() || e.Offers != "") {
		return "whoever writes a Gateway opens ports of the pods that it selects"
	}
	return ""
}

// certified holds for certificates and authorities that a server names: one of
// each in Secrets or files, two certificates at most.
func certified(p intent.Part) string {
	t, ok := p.(*intent.ListenerTLS)
	switch {
	case !ok || t == nil:
		return ""
	case len(t.Options) > 0:
		return "a server has no options that only another implementation understands"
	case t.Mode == intent.TLSShown:
		return "a server that shows a certificate of the mesh takes clients of the mesh only"
	case t.Server != (intent.CertificateServer{}):
		return "a server's certificate is in a Secret or a file"
	case len(t.Certificates) > 2 || len(t.Files) > 2:
		return "a server has two certificates at most"
	case t.Mode == intent.TLSEnds && len(t.Certificates)+len(t.Files) == 0:
		return "a server shows a certificate"
	case t.Clients == nil:
		return ""
	}
	return clientsBy(t)
}

// clientsBy holds for authorities that are where the certificates are.
func clientsBy(t *intent.ListenerTLS) string {
	c := t.Clients
	switch {
	case t.Mode == intent.TLSMesh && len(c.Authorities)+len(c.Keys)+len(c.Prints) > 0:
		return "clients by the mesh's mutual TLS have certificates of the mesh"
	case t.Mode == intent.TLSMesh:
		return ""
	case len(c.Authorities) != 1 || !slices.Contains([]string{"", "Secret", "ConfigMap"}, c.Authorities[0].Kind):
		return "one bundle of authorities vouches for the clients of a server"
	case len(t.Files) > 0 && (c.Authorities[0].Kind != "" || len(c.Keys)+len(c.Prints) > 0):
		return "with certificates in files, authorities are in a file too, and nothing is pinned"
	case len(t.Files) == 0 && (c.Authorities[0].Kind == "" || c.Revoked != ""):
		return "with certificates in Secrets, authorities and what they revoked are there too"
	}
	return ""
}

// ownOpaque holds for what Istio understands.
func ownOpaque(p intent.Part) string {
	if o, ok := p.(*intent.Opaque); ok && o.Mesh != Name {
		return "it is understood by " + o.Mesh + " only"
	}
	return ""
}

// ejected holds for ejections without what Istio's API has no field for.
func ejected(p intent.Part) string {
	if o, ok := p.(*intent.Outlier); ok && o != nil && (o.MaxEjection != nil || o.Jitter != nil) {
		return "an ejection has a base time only"
	}
	return ""
}

// ofRetries holds for no timeout: what bounds one attempt is a part of retries.
func ofRetries(p intent.Part) string {
	if t, ok := p.(*intent.Timeout); ok && t != nil && t.Backend != nil {
		return "an attempt is bounded as a part of retries"
	}
	return ""
}

// goesSomewhere holds for tables of connections of which each rule has a
// destination: nothing else ends a connection by a rule.
func goesSomewhere(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok {
		return ""
	}
	for i := range t.Rules {
		switch then := t.Rules[i].Then.(type) {
		case intent.Passthrough:
			continue
		case intent.Forward:
			if len(then.To) > 0 {
				continue
			}
		}
		return "a rule for connections names a destination, and one here has none"
	}
	return ""
}

// onlyHost holds for what a destination rewrites by its headers.
func onlyHost(p intent.Part) string {
	if rw, ok := p.(intent.Rewrite); ok && rw.Path != nil {
		return "a destination gets the path of its route"
	}
	return ""
}
