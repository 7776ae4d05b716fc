package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// redirectOf reads a redirect, with the port as it is said; see settled.
func redirectOf(n *source.Node, path match.Atom) intent.Redirect {
	r := intent.Redirect{Status: 301, Scheme: msg(n, "schemeRedirect").Str(), Host: msg(n, "hostRedirect").Str(), From: intent.From(n.Ref())}
	if https := flag(msg(n, "httpsRedirect")); https != nil && *https {
		r.Scheme = "https"
	}
	if p := whole(msg(n, "portRedirect")); p != nil {
		r.Port = *p
	}
	code := word(msg(n, "responseCode"), "envoy.config.route.v3.RedirectAction.RedirectResponseCode")
	for status, word := range redirectCodes {
		if code == word {
			r.Status = status
		}
	}
	if p := msg(n, "pathRedirect"); p != nil {
		r.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: p.Str()}
	} else {
		r.Path = pathRewrite(n, path)
	}
	return r
}

// settled says the port to which a redirect of requests to a port leads, where that is
// not what goes without saying; ok is false where it depends on a port that is not
// known. Of the address that was asked Envoy keeps the port, unless that is the one of
// http and the scheme is another; with another host it keeps none.
// source/common/router/config_impl.cc RouteEntryImplBase::processRequestHost
func settled(r intent.Redirect, port int) (out intent.Redirect, ok bool) {
	const http = "http" // what callers speak to listeners without TLS
	scheme := r.Scheme
	if scheme == "" {
		scheme = http
	}
	to := r.Port
	switch {
	case to != 0:
	case r.Host != "":
		to = schemePorts[scheme]
	case port == 0:
		return r, r.Scheme == ""
	case port == schemePorts[http] && scheme != http:
		to = schemePorts[scheme]
	default:
		to = port
	}
	if r.Port = to; r.Scheme != "" && to == schemePorts[scheme] || r.Scheme == "" && to == port {
		r.Port = 0
	}
	return r, true
}

// settle says where redirects lead to that the requests of one table meet. The only port
// of a Service is that of all requests, and the ports of one that is not known are taken
// to be that of http.
func (c *configReader) settle(t *intent.Routing) {
	port := t.Port
	switch s := c.in.Inventory.Service(t.Host.Service); {
	case port != 0:
	case s == nil:
		port = schemePorts["http"]
	case len(s.Ports) == 1:
		port = s.Ports[0].Port
	}
	for i, rule := range t.Rules {
		if to, redirects := rule.Then.(intent.Redirect); redirects {
			known := false
			if t.Rules[i].Then, known = settled(to, port); !known {
				c.fail("a redirect to another scheme, which keeps the port of the request, of a Service with several ports of which none is named, is not translated")
			}
		}
	}
}
