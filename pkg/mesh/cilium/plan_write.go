package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// routing prints tables and policies for endpoints: as routes of the Gateway API
// where these say all of a Service, and as one CiliumEnvoyConfig of the Service
// otherwise, never as both.
func (w *writer) routing() []*manifest.Object {
	w.m = w.ownRouting()
	routes := w.onlyRouting(nil)
	var configs []*config
	for _, s := range w.addressed() {
		tables := w.tablesOf(s)
		if said, ok := w.asRoutes(s, tables); ok {
			routes.Routing = append(routes.Routing, said...)
			continue
		}
		if c := w.configOf(s, tables); c != nil {
			configs = append(configs, c)
		}
	}
	for _, t := range w.m.Routing {
		if !t.Entry.IsZero() {
			routes.Routing = append(routes.Routing, w.onGateway(t)...)
		}
	}
	out := slices.DeleteFunc(gatewayapi.Mesh.Write(routes, gatewayTarget), func(o *manifest.Object) bool { return o.Kind == "Service" })
	for _, c := range configs {
		out = append(out, c.envoyConfig())
	}
	return out
}

// ownRouting is the model without what objects say that are printed as they are.
func (w *writer) ownRouting() *intent.Model {
	m := *w.m
	m.Routing, m.Upstream = nil, nil
	for _, t := range w.m.Routing {
		c := t.Clone()
		c.Rules = slices.DeleteFunc(c.Rules, func(r intent.Rule) bool { return w.isVerbatim(r.Home) })
		for i, r := range c.Rules {
			c.Rules[i] = gatewayapi.IntoShares(r)
		}
		if !w.isVerbatim(t.Home) && (len(c.Rules) > 0 || len(t.Rules) == 0) {
			m.Routing = append(m.Routing, c)
		}
	}
	for _, u := range w.m.Upstream {
		if !w.isVerbatim(u.Home) {
			m.Upstream = append(m.Upstream, u)
		}
	}
	return &m
}

// addressed are the Services that something is said of, sorted. Those that stand
// for subsets are nobody's address, and what is said of them is written with the
// routes that name them; so it is for those whose traffic a configuration takes that is
// printed as it was read, which another would contend with.
func (w *writer) addressed() []intent.Name {
	var out []intent.Name
	named := map[intent.Name]bool{}
	for _, t := range w.m.Routing {
		if t.Entry.IsZero() {
			out = append(out, t.Host.Service)
			for _, e := range w.backendsOf(t) {
				named[e.service] = true
			}
		}
	}
	for _, u := range w.m.Upstream {
		leaf := slices.ContainsFunc(w.m.Leaves, func(l *intent.Service) bool { return l.Name == u.Host.Service })
		if !u.From.Defaulted() && !(named[u.Host.Service] && (leaf || w.takenAsRead(u.Host.Service))) {
			out = append(out, u.Host.Service)
		}
	}
	slices.SortFunc(out, intent.Name.Compare)
	return slices.Compact(out)
}

// takenAsRead reports whether a configuration takes a Service's traffic that is printed as it
// was read.
func (w *writer) takenAsRead(s intent.Name) bool {
	return slices.ContainsFunc(w.m.Opaque, func(op *intent.Opaque) bool {
		config := op.Kind == kindConfig || op.Kind == "CiliumClusterwideEnvoyConfig"
		return config && w.isVerbatim(op.Home) && slices.Contains(op.Hosts, intent.Host{Service: s})
	})
}

func (w *writer) tablesOf(s intent.Name) []*intent.Routing {
	var out []*intent.Routing
	for _, t := range w.m.Routing {
		if t.Entry.IsZero() && t.Host.Service == s {
			out = append(out, t)
		}
	}
	return out
}

// backendsOf are the endpoints that a table names, with those of its host.
func (w *writer) backendsOf(t *intent.Routing) []endpointSet {
	out := []endpointSet{{t.Host.Service, t.Port}}
	for _, r := range t.Rules {
		if f, ok := r.Then.(intent.Forward); ok {
			for _, b := range f.To {
				out = append(out, w.set(t, b))
			}
		}
	}
	return out
}

// asRoutes says a Service's tables as routes of the Gateway API, unless these
// cannot, or a policy is for endpoints that they name. Configurations of Envoy stay such:
// paths are not normalised for routes.
// cilium operator/pkg/model/translation
func (w *writer) asRoutes(s intent.Name, tables []*intent.Routing) ([]*intent.Routing, bool) {
	configured := func(t *intent.Routing) bool { return t.Home != nil && t.Home.Kind == kindConfig }
	if len(tables) == 0 || w.policed(s) || slices.ContainsFunc(tables, configured) {
		return nil, false
	}
	for _, t := range tables {
		if slices.ContainsFunc(w.backendsOf(t), func(e endpointSet) bool { return w.policed(e.service) }) {
			return nil, false
		}
	}
	m := w.onlyRouting(tables)
	routes, why := asRoutes(m)
	if why != "" || len(routes.Routing) == 0 {
		return nil, false
	}
	return routes.Routing, true
}

func (w *writer) policed(s intent.Name) bool {
	return slices.ContainsFunc(w.m.Upstream, func(u *intent.Upstream) bool { return u.Host.Service == s && !u.From.Defaulted() })
}

// onlyRouting is a model of some tables only.
func (w *writer) onlyRouting(tables []*intent.Routing) *intent.Model {
	return &intent.Model{Routing: tables, Entries: w.m.Entries, Leaves: w.m.Leaves, Inventory: w.m.Inventory, Env: w.m.Env}
}

// onGateway says a table of an entry as routes do; legalization took care that
// they can.
func (w *writer) onGateway(t *intent.Routing) []*intent.Routing {
	routes, why := asRoutes(w.onlyRouting([]*intent.Routing{t}))
	if why != "" {
		panic("cilium: a table of a Gateway that routes cannot say: " + why)
	}
	return routes.Routing
}

// configOf plans the object of a Service. Ports for which there is no table are
// taken too where a policy is for their endpoints: as requests where they are
// declared to be HTTP, and otherwise as connections.
func (w *writer) configOf(s intent.Name, tables []*intent.Routing) *config {
	tables = w.byPort(tables)
	c := &config{w: w, service: s, tables: slices.Clone(tables)}
	for _, t := range tables {
		if c.home == nil {
			c.home = t.Home
		}
	}
	known := w.m.Service(s)
	covers := func(port int) bool {
		return slices.ContainsFunc(tables, func(t *intent.Routing) bool { return t.Port == port || t.Port == 0 })
	}
	switch {
	case known == nil:
		c.plain = w.unknownPorts(s, tables)
	case known != nil:
		for _, p := range known.Ports {
			if datagrams(p) {
				continue
			}
			if e := (endpointSet{s, p.Port}); w.upstreamOf(e) != nil {
				c.sets = append(c.sets, e)
			}
			covered := covers(p.Port) && !(notHTTP(p) && !hasTable(tables, p.Port))
			if covered || w.upstreamOf(endpointSet{s, p.Port}) == nil {
				continue
			}
			if isHTTP(p) {
				c.tables = append(c.tables, &intent.Routing{Host: intent.Host{Service: s}, Port: p.Port, Else: intent.Passthrough{}})
			} else {
				c.plain = append(c.plain, p.Port)
			}
		}
	}
	if len(c.tables) == 0 && len(c.plain) == 0 {
		return nil
	}
	for _, t := range tables {
		for _, e := range w.policedPorts(t) {
			if !slices.Contains(c.sets, e) {
				c.sets = append(c.sets, e)
			}
		}
	}
	for _, u := range w.m.Upstream {
		if u.Host.Service == s {
			c.from = append(c.from, u.From...)
			if c.home == nil {
				c.home = u.Home
			}
		}
	}
	return c
}

// unknownPorts are those of a Service that is not known of which policies tell and no
// tables, or 0 where nothing tells of single ones.
func (w *writer) unknownPorts(s intent.Name, tables []*intent.Routing) []int {
	var out []int
	for _, u := range w.m.Upstream {
		if u.Host.Service == s && u.Port != 0 && !u.From.Defaulted() && !hasTable(tables, u.Port) {
			out = append(out, u.Port)
		}
	}
	if slices.Sort(out); len(out) == 0 && len(tables) == 0 {
		return []int{0}
	}
	return slices.Compact(out)
}

// policedPorts are ports with a policy of their own of Services that a table sends to and
// that stand for subsets, whose policies are written with it.
func (w *writer) policedPorts(t *intent.Routing) (out []endpointSet) {
	for _, u := range w.m.Upstream {
		leaf := slices.ContainsFunc(w.m.Leaves, func(l *intent.Service) bool { return l.Name == u.Host.Service })
		named := func(e endpointSet) bool { return e.service == u.Host.Service }
		if e := (endpointSet{u.Host.Service, u.Port}); leaf && u.Port != 0 && slices.ContainsFunc(w.backendsOf(t), named) {
			out = append(out, e)
		}
	}
	return out
}

func hasTable(tables []*intent.Routing, port int) bool {
	return slices.ContainsFunc(tables, func(t *intent.Routing) bool { return t.Port == port })
}

// isHTTP reports whether a port is declared to speak HTTP, by its application
// protocol or the first part of its name.
func isHTTP(p intent.ServicePort) bool {
	said, _, _ := strings.Cut(p.Name, "-")
	if p.AppProtocol != "" {
		said = strings.TrimPrefix(p.AppProtocol, "kubernetes.io/")
	}
	switch strings.ToLower(said) {
	case "http", "http2", "grpc", "h2c", "ws", "grpcweb":
		return true
	}
	return false
}
