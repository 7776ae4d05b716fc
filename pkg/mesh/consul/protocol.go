package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// speech is what a service is said to speak, all services where its name is anyName. It
// stands in no fact: those of routes and permissions are of HTTP or not, and nothing
// tells that requests are understood of which no fact is. It decides whether a proxy
// asks for permissions, splits, counts requests and ends them after 15 seconds.
type speech struct{ Namespace, Service, Protocol string }

func (s speech) String() string { return s.service().String() + " speaks " + s.Protocol }

func (s speech) service() service { return service{s.Namespace, s.Service} }

// speaks notes for Consul's writer what a service is said to speak.
func (r *reader) speaks(o *source.Object, at value, s speech) {
	if s.Protocol == "" {
		return
	}
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Home: r.home(o), Mesh: Name, Kind: o.Kind, At: at.Node.Ref(), Held: true, Note: s, Why: "what a service speaks", From: intent.From(at.Node.Ref()),
	})
}

// spoken is what the source says that a service speaks.
type spoken struct {
	speech
	home *intent.Home
	from intent.Origin
}

// speeches notes what the source says that services speak, each of which is to be said,
// and of all.
func (w *writer) speeches() {
	for _, o := range w.m.Opaque {
		s, ok := o.Note.(speech)
		switch said := (&spoken{s, o.Home, o.From}); {
		case !ok:
		case s.Service == anyName:
			w.allSpeak = said
		default:
			ns := w.spokenOf(s, o.Home)
			x := w.words(service{w.consulNamespace(cmp.Or(s.Namespace, ns)), s.Service}, ns)
			x.spoken = said
		}
	}
}

// spokenOf is the namespace of the service that a resource says the protocol of: its own, or
// where names are enough to tell services by in the source, that of the only Service there.
func (w *writer) spokenOf(s speech, home *intent.Home) string {
	if s.Namespace != "" || w.m.Service(intent.Name{Namespace: home.Namespace, Name: s.Service}) != nil {
		return home.Namespace
	}
	only := ""
	for _, x := range w.m.Inventory.Services {
		if x.Name.Name == s.Service {
			if only != "" {
				return home.Namespace
			}
			only = x.Name.Namespace
		}
	}
	return cmp.Or(only, home.Namespace)
}

// proxyDefaults prints what all services speak that say nothing else, and what all proxies
// record.
func (w *writer) proxyDefaults() {
	records := w.allRecorded()
	var home *intent.Home
	var from intent.Origin
	if records != nil {
		home, from = consulHome(records.Home, kindProxyDefaults), records.From
	}
	if w.allSpeak != nil {
		home, from = w.allSpeak.home, append(slices.Clone(w.allSpeak.from), from...)
	}
	if records == nil && w.allSpeak == nil {
		return
	}
	namespace := "default"
	if home != nil {
		namespace = home.Namespace
	}
	o := w.object(kindProxyDefaults, namespace, "global", consulHome(home, kindProxyDefaults), from)
	if w.allSpeak != nil {
		w.spec(o).Set("config", manifest.Map().Set("protocol", manifest.Str(w.allSpeak.Protocol).Because(w.allSpeak.from...)))
	}
	if records != nil {
		w.writeAccessLogs(w.spec(o), records)
	}
}

// goesWithoutSaying reports whether all that would be said of a service is what it
// speaks, and all services speak that. One that nothing else makes known is named, where
// ProxyDefaults that are kept as they are say more of all that are.
func (w *writer) goesWithoutSaying(x *serviceWords, protocol string) bool {
	if w.keepsProxyDefaults() && !slices.ContainsFunc(w.m.Inventory.Services, func(s *intent.Service) bool { return w.service(s.Name) == x.service }) {
		return false
	}
	return w.allSpeak != nil && w.allSpeak.Protocol == protocol && x.spoken == nil && len(x.outside)+len(x.consumes) == 0 && x.limit == nil && x.intake == nil
}

// agreed is what a service speaks: what the source says of it or of all, unless routes
// or permissions need more.
func (w *writer) agreed(x *serviceWords, needed string) string {
	for _, s := range []*spoken{x.spoken, w.allSpeak} {
		if s != nil && (!x.http || slices.Index(protocols, s.Protocol) > 0) {
			return s.Protocol
		}
	}
	return needed
}

// keepsProxyDefaults reports whether ProxyDefaults are printed as they were read.
func (w *writer) keepsProxyDefaults() bool {
	return slices.ContainsFunc(w.m.Opaque, func(o *intent.Opaque) bool { return o.Mesh == Name && o.Kind == kindProxyDefaults && o.Whole != nil })
}
