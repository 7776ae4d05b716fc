package consul

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// apiVersion is that of all kinds of consul-k8s.
const apiVersion = group + "/v1alpha1"

// writer prints one legal model.
type writer struct {
	*planner
	objs []*manifest.Object
	// taken are the names in use, by kind.
	taken map[string]bool
	// verbatim are the objects that are printed as they were read, because they
	// hold something that only Consul understands.
	verbatim map[string]bool
	kept     legal.KeptObjects
	// commented are the homes whose comment is printed.
	commented map[*intent.Home]bool
	// accepted are the rules by which the server of a scope accepts tokens, by its key.
	accepted map[string][]namedRule
	// livesIn is the namespace of resources that the source has about a service.
	livesIn map[service]string
	// allSpeak is what the source says that all services speak; nil is nothing.
	allSpeak *spoken
	// services is what is to be said of services, by name.
	services map[service]*serviceWords
}

// write prints a legal model, Consul's own objects verbatim.
func write(m *intent.Model, t legal.Target) []*manifest.Object {
	w := newWriter(m, t)
	w.say(t)
	w.meshWide()
	w.resolverTurns()
	w.places()
	w.objs = append(w.objs, w.metadata()...)
	slices.SortStableFunc(w.objs, compareObjects)
	return w.objs
}

// newWriter begins with the objects that are printed as they were read.
func newWriter(m *intent.Model, t legal.Target) *writer {
	w := &writer{
		planner: newPlanner(m, isEnterprise(t)), taken: map[string]bool{}, verbatim: map[string]bool{}, kept: legal.Kept(m, Name), commented: map[*intent.Home]bool{}, services: map[service]*serviceWords{}, accepted: map[string][]namedRule{},
		livesIn: map[service]string{},
	}
	w.noteHomes()
	w.names.hintSubjects(m)
	for _, o := range gatewayapi.WriteVerbatim(m, Name) {
		key := nameKey(cmp.Or(kindNamed(groupOf(o), o.Kind), o.Kind), o.Namespace, o.Name)
		w.taken[key], w.verbatim[key] = true, true
		w.taken[nameKey(kindNamed(groupOf(o), o.Kind), "", o.Name)] = true
		w.objs = append(w.objs, w.asResource(o))
	}
	return w
}

// say prints what is said of services, one kind after the other.
func (w *writer) say(t legal.Target) {
	for _, table := range w.m.Routing {
		w.route(table)
	}
	w.upstreams()
	w.resolvers()
	w.providers()
	w.intentions(t)
	w.consumed()
	w.outside()
	w.speeches()
	w.reachedFromOutside()
	w.intakes()
	w.proxyDefaults()
	w.defaults()
	w.registrations()
	w.exports()
}

// kindOrder is the order in which Consul's servers take objects, as resources and as
// entries: what others need comes before them.
// https://developer.hashicorp.com/consul/docs/connect/config-entries
var kindOrder = []string{
	kindMesh, "mesh", kindProxyDefaults, "proxy-defaults", kindDefaults, entryDefaults, kindProvider, "jwt-provider",
	kindResolver, "service-resolver", kindSplitter, "service-splitter", kindRouter, "service-router", kindIntentions, entryIntentions,
	entryInlineCert, entryFileCert, kindIngress, entryIngress, "TerminatingGateway", "terminating-gateway", entryGateway, entryHTTPRoute, entryTCPRoute,
	"SamenessGroup", "sameness-group", kindExported, "exported-services",
}

func compareObjects(a, b *manifest.Object) int {
	return cmp.Or(cmp.Compare(turn(a), turn(b)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

// turn is the place of an object's kind in the order; other kinds come first, if
// they are patches, or last.
func turn(o *manifest.Object) int {
	switch i := slices.Index(kindOrder, o.Kind); {
	case o.Patch:
		return -1
	case i < 0:
		return len(kindOrder)
	default:
		return i
	}
}

// groupOf is the API group of an object; configuration entries have none.
func groupOf(o *manifest.Object) string {
	before, _, _ := strings.Cut(o.APIVersion, "/")
	return before
}

// isVerbatim reports whether the object that a home of the source stands for is
// printed as it was read.
func (w *writer) isVerbatim(kind string, h *intent.Home) bool {
	return h != nil && w.verbatim[nameKey(kind, h.Namespace, h.Name)]
}

func nameKey(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// name finds a free name: the wanted one, or one with a number.
func (w *writer) name(kind, namespace, name string) string {
	free := name
	for i := 2; w.taken[nameKey(kind, namespace, free)]; i++ {
		free = name + "-" + strconv.Itoa(i)
	}
	w.taken[nameKey(kind, namespace, free)] = true
	return free
}

// object begins an object with an empty spec. One that is printed as it was read
// is not printed again. A resource of the community edition stays where it is: all are
// in Consul's one namespace, and consul-k8s takes no two of a name in different ones.
func (w *writer) object(kind, namespace, name string, home *intent.Home, from intent.Origin) *manifest.Object {
	if !w.names.enterprise && home != nil && home.Kind == kind && home.Name == name {
		namespace = home.Namespace
	}
	o := manifest.New(apiVersion, kind, namespace, name)
	gatewayapi.WriteHome(o, w.once(home), nil)
	o.Root.Because(from...)
	o.From = append(o.From, from...)
	o.Root.Set("spec", manifest.Map().Because(from...))
	if !w.verbatim[nameKey(kind, namespace, name)] {
		w.objs = append(w.objs, o)
	}
	return o
}

// noteHomes notes where the source's resources about a service are, in the community
// edition: what is added about it is put beside them.
func (w *writer) noteHomes() {
	note := func(s service, h *intent.Home) {
		if !w.names.enterprise && h != nil && h.Name == s.name && kindNamed(group, h.Kind) != "" && w.livesIn[s] == "" {
			w.livesIn[s] = h.Namespace
		}
	}
	for _, t := range w.m.Routing {
		note(w.service(t.Host.Service), t.Home)
	}
	for _, u := range w.m.Upstream {
		if !u.Host.Service.IsZero() {
			note(w.service(u.Host.Service), u.Home)
		}
	}
}

// consulHome is a home that is of a kind of Consul; nil is another's.
func consulHome(h *intent.Home, kind string) *intent.Home {
	if h == nil || h.Kind != kind {
		return nil
	}
	return h
}

// homeFor is the object of a kind that a table or one of its rules stems from, or the
// table's.
func homeFor(t *intent.Routing, kind string) *intent.Home {
	if t.Home != nil && t.Home.Kind != kind {
		for i := range t.Rules {
			if h := t.Rules[i].Home; h != nil && h.Kind == kind {
				return h
			}
		}
	}
	return t.Home
}

func (w *writer) spec(o *manifest.Object) *manifest.Node { return o.Root.Get("spec") }

// once is a home whose comment is left out where it was printed before.
func (w *writer) once(h *intent.Home) *intent.Home {
	if h == nil || !w.commented[h] {
		w.commented[h] = true
		return h
	}
	c := *h
	c.Comment = ""
	return &c
}
