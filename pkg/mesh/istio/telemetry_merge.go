package istio

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// logEntry is one entry of accessLogging.
type logEntry struct {
	side      intent.LogSide
	providers []string
	disabled  bool
	filter    string
	from      intent.Origin
}

// logMode is the side that a match of an entry is about; the default is both.
var logModes = map[string]intent.LogSide{"": intent.LogBoth, "CLIENT_AND_SERVER": intent.LogBoth, "CLIENT": intent.LogSent, "SERVER": intent.LogServed}

// logEntries reads accessLogging, and rejects what Istio's webhook does.
// pkg/config/validation/validation.go validateTelemetryAccessLogging
func (r *reader) logEntries(n *source.Node) []logEntry {
	var out []logEntry
	for _, item := range n.Items() {
		item.Kind()
		e := logEntry{from: intent.From(item.Ref())}
		item.Get("match").Kind()
		mode, known := item.Get("match").Get("mode"), false
		if e.side, known = logModes[mode.Str()]; !known {
			mode.Reject("is none of CLIENT_AND_SERVER, CLIENT and SERVER")
			e.side = intent.LogBoth
		}
		for _, p := range item.Get("providers").Items() {
			name := p.Get("name")
			if name.Str() == "" {
				p.Reject("has no name")
			}
			e.providers = append(e.providers, name.Str())
		}
		if d := item.Get("disabled"); d != nil {
			e.disabled = d.Bool()
		}
		item.Get("filter").Kind()
		expression := item.Get("filter").Get("expression")
		if e.filter = expression.Str(); e.filter != "" && len(e.providers) == 0 {
			const why = "a filter is that of an entry which names its providers"
			expression.Inert(why)
			r.add(diag.Inert, expression.Ref().Path+" of "+expression.Ref().Object+" has no effect: "+why, "name the providers beside it", expression.Ref())
		}
		out = append(out, e)
	}
	return out
}

// logSpec is what becomes of the records for one provider.
type logSpec struct {
	off    bool
	filter string
	from   intent.Origin
}

// mergedLogs is what some lists of entries, of the root namespace, of a namespace and of
// workloads, come to for one side, by provider. The last list that names providers for the
// side says which there are, and a filter is that of the last entry which names its
// provider: one of an entry without providers is not looked at.
// pilot/pkg/model/telemetry.go mergeLogs
func mergedLogs(levels [][]logEntry, defaults []string, side intent.LogSide) map[string]logSpec {
	out := map[string]logSpec{}
	if len(levels) == 0 {
		for _, name := range defaults {
			out[name] = logSpec{from: intent.From(meshLogProviders)}
		}
		return out
	}
	scope, filters := defaults, map[string]logSpec{}
	for _, level := range levels {
		var named []string
		for _, e := range level {
			if e.side&side == 0 {
				continue
			}
			named = append(named, e.providers...)
			for _, name := range e.providers {
				filters[name] = logSpec{filter: e.filter, from: e.from}
			}
		}
		if len(named) > 0 {
			scope = named
		}
	}
	parents := defaults
	for _, e := range slices.Concat(levels...) {
		if len(e.providers) > 0 {
			parents = e.providers
		}
		for _, name := range parents {
			switch {
			case !slices.Contains(scope, name) || e.side&side == 0:
			case e.disabled:
				out[name] = logSpec{off: true, from: e.from}
			default:
				f := filters[name]
				out[name] = logSpec{filter: f.filter, from: append(slices.Clone(e.from), f.from...)}
			}
		}
	}
	return out
}

// sinks is where records go. Providers that are not there are passed over, and where none is
// left to be on or off, which is not decided then, what MeshConfig says holds.
// pilot/pkg/model/telemetry.go AccessLogging
func sinks(l intent.IstioLogs, levels [][]logEntry, side intent.LogSide) (to []intent.LogSink, decided bool) {
	merged := mergedLogs(levels, l.Default, side)
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		p, there := provider(l, name)
		if !there || p.Silent {
			continue
		}
		decided = true
		if spec := merged[name]; !spec.off {
			s := p.Sink
			s.Filter, s.Covers, s.From = spec.filter, covered(l), spec.from
			to = append(to, s)
		}
	}
	if !decided {
		to = fallback(l)
	}
	return to, decided
}
