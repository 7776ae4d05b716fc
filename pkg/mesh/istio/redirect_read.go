package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// redirectCodes are those that Istio acts on; others pass validation and do
// nothing.
var redirectCodes = map[int]bool{301: true, 302: true, 303: true, 307: true, 308: true}

// redirect reads another address, with the port as it is said; see
// gatewayapi.SettleRedirects.
func (vs *virtualService) redirect(n *source.Node, when match.Expr) intent.Action {
	out := intent.Redirect{Status: 301, Scheme: n.Get("scheme").Str(), Host: n.Get("authority").Str(), Port: n.Get("port").Int(), From: intent.From(n.Ref())}
	if c := n.Get("redirectCode"); c != nil && c.Int() != 0 {
		out.Status = c.Int()
		if !redirectCodes[out.Status] {
			c.Reject("is not 301, 302, 303, 307 or 308, so that the rule does nothing")
		}
	}
	if u := n.Get("uri"); u != nil && u.Str() != "" {
		out.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: u.Str()}
	}
	if p := n.Get("prefixRewrite"); p != nil {
		if out.Path = rewriteFor(when, p.Str()); out.Path == nil {
			p.Reject("replaces different parts of the path for different matches")
		}
	}
	switch d := n.Get("derivePort"); d.Str() {
	case "", "FROM_PROTOCOL_DEFAULT":
	case "FROM_REQUEST_PORT":
		out.Port = intent.RequestPort
	default:
		d.Reject("is not FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT")
	}
	return out
}

// leadsElsewhere says why a redirect of a table cannot be written, or "": some port is kept
// that it does not keep.
func leadsElsewhere(m *intent.Model, t *intent.Routing) string {
	if gatewayapi.LeadElsewhere(m, t, redirectPort) {
		return "a redirect to the same host keeps the port that was asked, where it is to lead to that of the scheme"
	}
	return ""
}

// redirectPort is a redirect with the port that is written.
func redirectPort(to intent.Redirect, at []gatewayapi.Asked) intent.Redirect {
	standard := !slices.ContainsFunc(at, func(a gatewayapi.Asked) bool { return a.Port != gatewayapi.SchemePorts[a.Scheme] })
	if to.Port == 0 && to.Host != "" && to.Scheme == "" && !standard {
		to.Port = intent.RequestPort
	}
	return to
}
