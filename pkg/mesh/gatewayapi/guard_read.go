package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// guard says of parts that may keep requests out which workloads these are for: those
// behind the backends. Where there are none, requests reach nobody in any case.
func (r *routeReader) guard(parts []*intent.Opaque, backends ...intent.Backend) {
	if len(parts) == 0 {
		return
	}
	var behind match.Or
	for _, b := range backends {
		if !b.Missing && b.Weight > 0 {
			behind = append(behind, r.behind(b))
		}
	}
	for _, op := range parts {
		op.Security, op.Scope.Subject = len(behind) > 0, match.Simplify(behind)
	}
}

// behind are the workloads of a backend: the pods that its Service selects, and all of
// the namespace where the input does not show which these are, or where those of other
// clusters are among them.
func (r *routeReader) behind(b intent.Backend) match.Expr {
	at, name := new(b.From[0]), b.Host.Service
	if of, is := b.Host.ClusterSet(); is {
		return match.Atom{Field: match.Namespace, Value: of.Namespace, Ref: at}
	}
	all := match.And{match.Atom{Field: match.Namespace, Value: name.Namespace, Ref: at}}
	if r.inventory == nil {
		return all
	}
	if s := r.inventory.Service(name); s != nil {
		for _, l := range s.Selector {
			all = append(all, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: at})
		}
	}
	return all
}

// checkGuard rejects what the API server would of a filter by which others decide.
func checkGuard(kind string, n *source.Node) {
	switch kind {
	case "ExtensionRef":
		checkReference(n)
	case "ExternalAuth":
		checkAuth(n)
	}
}

// checkReference checks a reference to an object of any kind.
func checkReference(n *source.Node) {
	if group := n.Get("group"); group == nil {
		n.Reject("has no group")
	} else if group.Str() != "" {
		formSection.read(group)
	}
	formKind.need(n, "kind")
	formName.need(n, "name")
}

// checkAuth checks whom an ExternalAuth filter asks, and what it sends.
func checkAuth(n *source.Node) {
	protocol := enum(n.Get("protocol"), "HTTP", "GRPC")
	if n.Get("protocol") == nil {
		n.Reject("has no protocol")
	}
	if ref := n.Get("backendRef"); ref == nil {
		n.Reject("has no backendRef")
	} else {
		checkBackend(ref)
	}
	for key, of := range map[string]string{"http": "HTTP", "grpc": "GRPC"} {
		if n.Get(key) == nil && protocol == of {
			n.Reject("has protocol " + of + " and no " + key)
		}
		if x := n.Get(key); x != nil && protocol != of {
			x.Reject("is not for the protocol")
		}
	}
	http := n.Get("http")
	if path := http.Get("path"); path != nil && (len(path.Str()) > 1024 || !pathChars.MatchString(path.Str())) {
		path.Reject("is no path")
	}
	for _, list := range []*source.Node{http.Get("allowedHeaders"), http.Get("allowedResponseHeaders"), n.Get("grpc").Get("allowedHeaders")} {
		for _, h := range atMost(list, 64) {
			h.Str()
		}
	}
	n.Get("forwardBody").Get("maxSize").Int()
}

// checkBackend checks a reference to whom requests are sent.
func checkBackend(n *source.Node) {
	group, kind := n.Get("group").Str(), "Service"
	if group != "" {
		formSection.read(n.Get("group"))
	}
	if k := n.Get("kind"); k != nil {
		kind = formKind.read(k)
	}
	formName.need(n, "name")
	formLabel.read(n.Get("namespace"))
	if port(n.Get("port")) == 0 && n.Get("port") == nil && group == "" && kind == "Service" {
		n.Reject("has no port, which a Service needs")
	}
}
