package gatewayapi

import (
	"cmp"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Cilium keeps filters of backends by the backend's Service and port: where a rule has
// several backends, the last filter that any of the same name has is that of all of
// these, and the others have no effect.
// cilium operator/pkg/model/translation/envoy_virtual_host.go getRouteAction

// lastFilters leaves of the filters of several backends those that count.
func (r *routeReader) lastFilters(items []*source.Node, to []intent.Backend) {
	if !r.d.LastFilter || len(to) < 2 {
		return
	}
	type last struct {
		of     *source.Node
		change []intent.Step
	}
	counts := map[string]last{}
	for i, item := range items {
		for _, f := range item.Get("filters").Items() {
			if change := changesOf(to[i].Steps, f); len(change) > 0 {
				counts[backendName(to[i])] = last{f, change}
			}
		}
	}
	for i, item := range items {
		count := counts[backendName(to[i])]
		for _, f := range item.Get("filters").Items() {
			if f != count.of && len(changesOf(to[i].Steps, f)) > 0 {
				r.inert(f, "the last filter of the backends of this name is the only one")
			}
		}
		to[i].Steps = count.change
	}
}

// changesOf are the steps that a filter says.
func changesOf(steps []intent.Step, filter *source.Node) []intent.Step {
	on := intent.OnRequest
	if filter.Get("type").Str() == headerFilters[intent.OnResponse] {
		on = intent.OnResponse
	}
	var out []intent.Step
	for _, s := range steps {
		if h, is := s.(intent.Headers); is && h.On == on {
			out = append(out, s)
		}
	}
	return out
}

func backendName(b intent.Backend) string { return b.Host.String() + ":" + strconv.Itoa(b.Port) }

// ciliumBackends says why Cilium does something else with the filters of a table's
// backends, or "".
func ciliumBackends(t *intent.Routing) string {
	for _, r := range t.Rules {
		if why := lostFilter(ciliumDialect.Shares.Write(r), t.Protocol); why != "" {
			return why
		}
	}
	return lostFilter(intent.Rule{Then: t.Else}, t.Protocol)
}

func lostFilter(r intent.Rule, p intent.Protocol) string {
	f, _ := r.Then.(intent.Forward)
	said := map[string]string{}
	for i := range f.To {
		b := &f.To[i]
		var sides [2]string
		for _, on := range []intent.Message{intent.OnRequest, intent.OnResponse} {
			for _, h := range NetHeaders(b.Steps, on) {
				sides[on] += strconv.Itoa(int(h.Op)) + " " + h.Name + " " + h.Value + "\n"
			}
		}
		before, twice := said[backendName(*b)]
		said[backendName(*b)] = cmp.Or(sides[0], sides[1])
		switch {
		case p == intent.GRPC && len(b.Steps) > 0:
			return "Cilium does not read filters of backends of a GRPCRoute"
		case len(f.To) == 1:
		case sides[0] != "" && sides[1] != "":
			return "of one of several backends Cilium changes headers of requests or of responses, not of both"
		case twice && before != said[backendName(*b)]:
			return "Cilium treats backends of one Service and port alike"
		}
	}
	return ""
}
