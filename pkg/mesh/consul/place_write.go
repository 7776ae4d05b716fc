package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// places prints a resource about each service that routes of gateways lead to, or of which a
// caller says how it treats it, and whose namespace nothing else in the output tells, which
// the source told by one that says nothing more. In the community edition a name alone does
// not say of which namespace it is. A resolver without fields is what Consul takes anyway.
func (w *writer) places() {
	if w.names.enterprise {
		return
	}
	told := *w.names
	told.hints = w.toldNamespaces()
	for _, t := range w.entered {
		legal.EachBackend(t, func(b *intent.Backend) {
			w.place(&told, b.Host.Service, b.From, "Routes of a gateway lead to the service of this namespace.")
		})
	}
	for _, u := range w.m.Upstream {
		if !match.IsTrue(match.Simplify(u.Scope.Client)) && !w.kept.Upstream(u) {
			w.place(&told, u.Host.Service, u.From, "Callers say how they treat the service of this namespace.")
		}
	}
}

// place prints a resource about one service, if it is needed and tells its namespace.
func (w *writer) place(told *names, of intent.Name, from intent.Origin, why string) {
	if of.IsZero() || told.host(w.service(of)).Service == of {
		return
	}
	s := w.service(of)
	told.hints[s.name] = of.Namespace
	if told.host(s).Service == of {
		o := w.object(kindResolver, of.Namespace, s.name, nil, from)
		o.Root.Above(why)
	}
}

// toldNamespaces are the namespaces of services that what is printed tells by name.
func (w *writer) toldNamespaces() map[string]string {
	out := map[string]string{}
	for _, o := range w.objs {
		name := o.Name
		switch kindNamed(groupOf(o), o.Kind) {
		case kindDefaults, kindResolver, kindSplitter, kindRouter:
		case kindIntentions:
			if groupOf(o) == group {
				name = o.Root.Get("spec").Get("destination").Get("name").Text
			}
		default:
			continue
		}
		if old := out[name]; name != "" && name != anyName && (old == "" || old == "default") {
			out[name] = o.Namespace
		}
	}
	return out
}
