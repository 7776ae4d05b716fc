package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// rules prints the rules of a table; last says that no other rules follow in the
// list, so that the default 404 need not be said.
func (w *writer) rules(t *intent.Routing, home *intent.Home, last bool) *manifest.Node {
	out := manifest.List()
	all := slices.Clone(t.Rules)
	if saysElse(t, last) {
		all = append(all, intent.Rule{Then: t.Else})
	}
	client := t.Scope.Client
	if _, ok := callerNamespaces(client); ok {
		client = nil // the object is exported to them
	}
	for _, r := range all {
		alts := alternativesOf(match.Conj(match.Simplify(client), match.Simplify(r.When)))
		if protocolKeys[t.Protocol] != "http" {
			out.Append(w.l4Route(t, r, alts, home))
			continue
		}
		for i, part := range rewriteParts(r, alts) {
			n := w.httpRoute(t, part, home)
			if i > 0 {
				n.Unset("name")
			}
			out.Append(n)
		}
	}
	return out
}

// saysElse reports whether what becomes of the rest must be said.
func saysElse(t *intent.Routing, last bool) bool {
	if len(t.Rules) > 0 && match.IsTrue(t.Rules[len(t.Rules)-1].When) {
		return false
	}
	switch e := t.Else.(type) {
	case nil:
		return false
	case intent.Respond:
		return e.Status != 404 || e.Body != "" || !last
	case intent.Passthrough:
		return protocolKeys[t.Protocol] == "http"
	case intent.Forward:
		// Connections that no rule takes are closed by themselves; see unrouted.
		return protocolKeys[t.Protocol] == "http" || len(e.To) > 0
	}
	return true
}

// part is a rule, or those alternatives of it that rewrite the path alike.
type part struct {
	rule intent.Rule
	alts [][]match.Literal
	path *pathWords // nil keeps the path
}

func (w *writer) httpRoute(t *intent.Routing, p part, home *intent.Home) *manifest.Node {
	r := gatewayapi.SharesEnvoy.Write(hostsInShares(p.rule))
	n := manifest.Map().Because(r.From...).Above(r.Comment)
	if r.Name != "" {
		n.Set("name", manifest.Str(r.Name))
	}
	n.Set("match", writeMatches(t.Protocol, p.alts, t.Port))
	w.writeSteps(n, r.Steps, p.path, home.Namespace)
	switch then := r.Then.(type) {
	case intent.Forward:
		if len(then.To) == 0 {
			n.Set("directResponse", writeRespond(intent.Respond{Status: 500}))
		} else {
			n.Set("route", w.backends(w.withPorts(t, then.To), home.Namespace))
		}
	case intent.Passthrough:
		n.Set("route", w.backends([]intent.Backend{{Host: t.Host, Port: t.Port, Weight: 1}}, home.Namespace))
	case intent.Redirect:
		n.Set("redirect", w.writeRedirect(t, then, p.path))
	case intent.Respond:
		n.Set("directResponse", writeRespond(then))
	default:
		panic("istio: unknown action")
	}
	if r.Timeout != nil && r.Timeout.Request != nil && *r.Timeout.Request != 0 {
		n.Set("timeout", writeDuration(*r.Timeout.Request).Because(r.Timeout.From...))
	}
	n.Set("retries", writeRetry(r.Retry))
	return n
}

// backends prints weighted destinations; one alone needs no weight.
func (w *writer) backends(to []intent.Backend, namespace string) *manifest.Node {
	out := manifest.List()
	for _, b := range to {
		n := manifest.Map().Because(b.From...).Set("destination", w.destination(b, namespace))
		if len(to) > 1 {
			n.Set("weight", manifest.Int(b.Weight))
		}
		steps := b.Steps
		if to := authorityOf(steps); to != nil {
			steps = append([]intent.Step{intent.Headers{Name: "host", Value: to.Host, From: to.From}}, steps...)
		}
		out.Append(n.Set("headers", writeHeaders(steps)))
	}
	return out
}

func (w *writer) destination(b intent.Backend, namespace string) *manifest.Node {
	n := manifest.Map().Because(b.From...).Set("host", manifest.Str(w.hostText(b.Host, namespace)))
	if b.SubsetName != "" {
		n.Set("subset", manifest.Str(b.SubsetName))
	}
	if b.Port != 0 {
		n.Set("port", manifest.Map().Set("number", manifest.Int(b.Port)))
	}
	return n
}

// writeRedirect prints another address; where it names a host, it says whether that has
// the port of the request.
func (w *writer) writeRedirect(t *intent.Routing, r intent.Redirect, path *pathWords) *manifest.Node {
	n := manifest.Map().Because(r.From...)
	switch {
	case r.Path == nil:
	case r.Path.Kind == intent.FullPath:
		n.Set("uri", manifest.Str(r.Path.Replace))
	case path.prefix:
		n.Set("prefixRewrite", manifest.Str(path.to))
	default:
		n.Set("uri", manifest.Str(path.to))
	}
	for _, s := range []struct{ key, value string }{{"authority", r.Host}, {"scheme", r.Scheme}} {
		if s.value != "" {
			n.Set(s.key, manifest.Str(s.value))
		}
	}
	switch port := redirectPort(r, gatewayapi.AskedAt(t, w.m.Service(t.Host.Service), entryNamed(w.m, t.Entry))).Port; port {
	case 0:
	case intent.RequestPort:
		n.Set("derivePort", manifest.Str("FROM_REQUEST_PORT"))
	default:
		n.Set("port", manifest.Int(port))
	}
	if r.Status != 301 {
		n.Set("redirectCode", manifest.Int(r.Status))
	}
	return n
}

func writeRespond(r intent.Respond) *manifest.Node {
	n := manifest.Map().Because(r.From...).Set("status", manifest.Int(r.Status))
	if r.Body != "" {
		n.Set("body", manifest.Map().Set("string", manifest.Str(r.Body)))
	}
	return n
}

// writeRetry prints a retry policy; nil is none.
func writeRetry(r *intent.Retry) *manifest.Node {
	if r == nil {
		return nil
	}
	n := manifest.Map().Because(r.From...).Set("attempts", manifest.Int(r.Attempts))
	if r.Attempts == 0 {
		return n
	}
	n.Set("perTryTimeout", manifest.OrNil(r.PerTry, writeDuration))
	if text := retryOnText(r.On); text != "" && !slices.Equal(r.On, defaultRetryOn) {
		n.Set("retryOn", manifest.Str(text))
	}
	n.Set("backoff", manifest.OrNil(r.Backoff, writeDuration))
	n.Set("retryIgnorePreviousHosts", manifest.OrNil(r.OtherHosts, manifest.Bool))
	n.Set("retryRemoteLocalities", manifest.OrNil(r.OtherLocalities, manifest.Bool))
	return n
}

// writeDuration prints a duration in seconds, the only unit of Istio's API.
// l4Route prints a TLS or TCP route.
func (w *writer) l4Route(t *intent.Routing, r intent.Rule, alts [][]match.Literal, home *intent.Home) *manifest.Node {
	n := manifest.Map().Because(r.From...).Above(r.Comment).Set("match", writeMatches(t.Protocol, named(t, alts), t.Port))
	forward, ok := r.Then.(intent.Forward)
	if !ok {
		forward.To = []intent.Backend{{Host: t.Host, Port: t.Port, Weight: 1}}
	}
	return n.Set("route", w.backends(forward.To, home.Namespace))
}
