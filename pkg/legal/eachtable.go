package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// tablesWhere keeps the tables for which keep holds, and those that stand in objects
// which stay as they are.
func (r *run) tablesWhere(keep func(*intent.Routing) bool) {
	var out []*intent.Routing
	kept := Kept(r.m, r.t.Mesh)
	for _, t := range r.m.Routing {
		if kept.Table(t) || keep(t) {
			out = append(out, t)
		}
	}
	r.m.Routing = out
}

// tablesApart is tablesWhere for what looks at each table by itself and changes nothing
// but that table: it may do so for several at the same time, each time with a run that
// has notes of its own.
func (r *run) tablesApart(keep func(*run, *intent.Routing) bool) {
	runs := parallel.Runs(len(r.m.Routing))
	if len(runs) == 1 {
		r.tablesWhere(func(t *intent.Routing) bool { return keep(r, t) })
		return
	}
	kept := Kept(r.m, r.t.Mesh)
	parts, out := make([]run, len(runs)), make([][]*intent.Routing, len(runs))
	parallel.Each(len(runs), func(i int) {
		parts[i] = *r
		parts[i].changes, parts[i].said = nil, nil
		for _, t := range r.m.Routing[runs[i].From:runs[i].To] {
			if kept.Table(t) || keep(&parts[i], t) {
				out[i] = append(out[i], t)
			}
		}
	})
	r.m.Routing = slices.Concat(out...)
	for i := range parts {
		r.changes = append(r.changes, parts[i].changes...)
	}
}
