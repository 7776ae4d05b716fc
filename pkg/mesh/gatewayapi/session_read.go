package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// keptSession says why sessionPersistence is no consistent hashing.
const keptSession = "a session stays with one endpoint for as long as that is there (GEP-1619); " +
	"consistent hashing by the cookie comes nearest, and moves sessions when endpoints come and go"

// session reads sessionPersistence of a rule (experimental channel), which no
// implementation that is known here heeds.
func (r *routeReader) session(n *source.Node) {
	if n == nil {
		return
	}
	checkSession(n)
	if r.d.ignores("sessionPersistence") {
		r.inert(n, "sessionPersistence has no effect")
		return
	}
	r.keepWhole(n, "session persistence is not translated: "+keptSession).Purpose = intent.Sessions
}

// checkSession rejects what the API server would.
func checkSession(n *source.Node) {
	if n == nil {
		return
	}
	if name := n.Get("sessionName"); len(name.Str()) > 128 {
		name.Reject("is longer than 128 bytes")
	}
	kind, timeout := enum(n.Get("type"), "Cookie", "Header"), readDuration(n.Get("absoluteTimeout"))
	cookie := n.Get("cookieConfig")
	lifetime := enum(cookie.Get("lifetimeType"), "Permanent", "Session")
	switch {
	case cookie != nil && kind == "Header":
		cookie.Reject("stands beside type Header")
	case lifetime == "Permanent" && timeout == nil:
		cookie.Reject("is Permanent, which needs an absoluteTimeout")
	}
	cookie.Kind()
	n.Kind()
}
