package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// gatewayRefs prints references to Gateways: one without a section where the
// object holds for all listeners, otherwise one for each listener.
func (w *routeWriter) gatewayRefs(o *routeObject) []*manifest.Node {
	ports := map[intent.Name][]int{}
	from := map[intent.Name][]place.Ref{}
	var names []intent.Name
	for _, t := range o.tables {
		if ports[t.Entry] == nil {
			names = append(names, t.Entry)
		}
		ports[t.Entry] = append(ports[t.Entry], t.Port)
		from[t.Entry] = append(from[t.Entry], t.From...)
	}
	slices.SortFunc(names, compareName)
	var out []*manifest.Node
	for _, name := range names {
		slices.Sort(ports[name])
		for _, n := range w.refsTo(name, slices.Compact(ports[name]), o) {
			out = append(out, n.Because(from[name]...))
		}
	}
	return out
}

// refsTo prints references to one Gateway for some ports.
func (w *routeWriter) refsTo(name intent.Name, ports []int, o *routeObject) []*manifest.Node {
	bare := func() *manifest.Node {
		n := manifest.Map()
		if e := w.entry(name); e != nil && entryKind(e) == setKind {
			n.Set("kind", manifest.Str(setKind))
		}
		n.Set("name", manifest.Str(name.Name))
		if name.Namespace != o.key.namespace {
			n.Set("namespace", manifest.Str(name.Namespace))
		}
		return n
	}
	if slices.Contains(ports, 0) || w.allPorts(name, ports, o) {
		return []*manifest.Node{bare()}
	}
	var out []*manifest.Node
	for _, port := range ports {
		listeners := w.attachable(listening{name, port, family(o.tables[0].Protocol)}, o)
		if len(listeners) == 0 {
			out = append(out, bare().Set("port", manifest.Int(port)))
		}
		for _, l := range listeners {
			if listenerName(l) == "" {
				out = append(out, bare().Set("port", manifest.Int(port)))
				break
			}
			out = append(out, bare().Set("sectionName", manifest.Str(l.Name)))
		}
	}
	return out
}

// attachable are the listeners of a port that share a hostname with the object.
func (w *routeWriter) attachable(at listening, o *routeObject) []intent.Listener {
	if w.entry(at.entry) == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.listeners(at)), func(l intent.Listener) bool { return !shares(l, o.hostnames) })
}

func shares(l intent.Listener, hostnames []string) bool {
	if l.Protocol == "TCP" {
		return true
	}
	for _, own := range listenerHosts(l) {
		for _, h := range hostnames {
			if _, ok := intersect(h, own); ok {
				return true
			}
		}
	}
	return false
}

// allPorts reports whether ports are all that the object would attach to by the
// Gateway's name alone.
func (w *routeWriter) allPorts(name intent.Name, ports []int, o *routeObject) bool {
	e := w.entry(name)
	if e == nil {
		return false
	}
	for _, l := range e.Listeners {
		if admits(&l, o.kind) && !slices.Contains(ports, l.Port) && shares(l, o.hostnames) {
			return false
		}
	}
	return true
}

// writeHostnames prints hostnames; none where the listeners' own are meant.
func (w *routeWriter) writeHostnames(o *routeObject) *manifest.Node {
	if len(o.hostnames) == 0 || slices.Contains(o.hostnames, anyHostname) {
		return nil
	}
	if !o.tables[0].Entry.IsZero() && o.kind != "TLSRoute" && w.impliedHostnames(o) {
		return nil
	}
	return manifest.Strs(o.hostnames...)
}

// impliedHostnames reports whether the listeners that the object attaches to
// have just its hostnames: where it names no listener, all that take it.
func (w *routeWriter) impliedHostnames(o *routeObject) bool {
	var own []string
	for _, t := range o.tables {
		e := w.entry(t.Entry)
		if e == nil {
			return false
		}
		for _, l := range w.listeners(listeningOf(t)) {
			own = append(own, listenerHosts(l)...)
		}
		var ports []int
		for _, other := range o.tables {
			if other.Entry == t.Entry {
				ports = append(ports, other.Port)
			}
		}
		for _, l := range e.Listeners {
			if w.allPorts(t.Entry, ports, o) && admits(&l, o.kind) {
				own = append(own, listenerHosts(l)...)
			}
		}
	}
	slices.Sort(own)
	return slices.Equal(slices.Compact(own), o.hostnames)
}
