package consul

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// route prints a table: a splitter for its shares, and a router where more is said
// than where all requests go.
func (w *writer) route(t *intent.Routing) {
	s := w.service(t.Host.Service)
	w.sends(t, s)
	if t.Protocol == intent.TCP {
		w.stands(t, s)
		return
	}
	w.words(s, t.Host.Service.Namespace).routed(t)
	own := sharesOf(t)
	rules, rest := live(t)
	for i := range rules {
		w.bounded(t, &rules[i])
	}
	w.stands(t, s)
	if w.kept.Table(t) {
		return
	}
	if len(own) > 1 {
		w.splitter(t, s, own)
	}
	if n := len(rules); rest && n > 0 && w.plainRest(t, s, &rules[n-1], n == 1) {
		rules = rules[:n-1]
	}
	routes := manifest.List()
	for i := range rules {
		for _, n := range w.routes(t, s, &rules[i], own) {
			routes.Append(n)
		}
	}
	if len(own) > 1 && !rest { // what no rule is about goes past the splitter
		n := manifest.Map()
		w.leg(n, s, &intent.Backend{Host: t.Host})
		routes.Append(manifest.Map().Set("destination", n))
	}
	if len(routes.Kids) == 0 {
		return
	}
	o := w.object(kindRouter, t.Host.Service.Namespace, s.name, homeFor(t, kindRouter), t.From)
	w.spec(o).Set("routes", routes)
}

// bounded tells the services that a rule leads to how long its requests may take.
func (w *writer) bounded(t *intent.Routing, r *intent.Rule) {
	to := legs(r.Then)
	if len(to) == 0 {
		to = []intent.Backend{{Host: t.Host}}
	}
	for i := range to {
		if at := to[i].Host.Service; !at.IsZero() {
			x := w.words(w.service(at), at.Namespace)
			x.http = true
			x.allows(r.Timeout)
		}
	}
}

// plainRest reports whether the last rule needs no route: what no route is about
// goes on to the splitter, or to all endpoints. A timeout of all requests is the
// resolver's, where nothing comes before it.
func (w *writer) plainRest(t *intent.Routing, s service, r *intent.Rule, alone bool) bool {
	if len(r.Steps) > 0 || r.Retry != nil && r.Retry.Attempts > 0 || r.Timeout != nil && r.Timeout.Idle != nil {
		return false
	}
	own := sharesOf(t)
	to := legs(r.Then)
	switch {
	case len(to) > 1:
		return r.Timeout == nil
	case len(to) == 1 && (len(to[0].Steps) > 0 || w.hop(s, &to[0]) != hop{service: s}), len(own) > 1:
		return false
	case r.Timeout == nil:
		return true
	case !alone || w.sentOn[s] != nil || r.Timeout.Request == nil || *r.Timeout.Request <= 0:
		return false
	}
	w.words(s, t.Host.Service.Namespace).timeout = r.Timeout
	return true
}

// routes prints a rule: one route for each alternative of its condition, those
// that differ in the method only joined.
func (w *writer) routes(t *intent.Routing, s service, r *intent.Rule, own []intent.Backend) []*manifest.Node {
	alts, _ := match.DNF(r.When, manyLines)
	var lines []line
	for _, ls := range alts {
		for _, alt := range inverted(ls) {
			lines = append(lines, lineOf(true, clause{cond: alt}))
		}
	}
	var out []*manifest.Node
	for i, l := range joinMethods(lines) {
		to, prefix, _ := rewritten(r.Steps, l.cond)
		n := manifest.Map().Because(r.From...)
		if i == 0 {
			n.Above(r.Comment)
		}
		if h := w.ruleHome(t, r); i == 0 && h != nil && h.Comment != "" && r.Comment == "" {
			n.Above(w.once(h).Comment)
		}
		if http := writeMatch(l, prefix); len(http.Kids) > 0 {
			n.Set("match", manifest.Map().Set("http", http))
		}
		if dest := w.destination(s, r, own, to); len(dest.Kids) > 0 {
			n.Set("destination", dest)
		}
		out = append(out, n)
	}
	return out
}

// ruleHome is the home of a rule that is not the table's.
func (w *writer) ruleHome(t *intent.Routing, r *intent.Rule) *intent.Home {
	if r.Home == t.Home {
		return nil
	}
	return r.Home
}

// writeMatch prints which requests are meant; an empty map is all.
func writeMatch(l line, prefix string) *manifest.Node {
	http, headers, queries := manifest.Map(), manifest.List(), manifest.List()
	if prefix != "" {
		http.Set("pathPrefix", manifest.Str(prefix))
	}
	for _, c := range terse(l.cond) {
		switch c.Atom.Field {
		case match.Path:
			http.Set(pathKey(c.Atom), text(c.Atom))
			if c.Atom.Fold {
				http.Set("caseInsensitive", manifest.Bool(true))
			}
		case match.Query:
			queries.Append(writeQuery(c.Atom))
		default:
			headers.Append(writeHeader(c))
		}
	}
	if len(headers.Kids) > 0 {
		http.Set("header", headers)
	}
	if len(queries.Kids) > 0 {
		http.Set("queryParam", queries)
	}
	return http.Set("methods", writeMethods(l.methods))
}

func writeQuery(a match.Atom) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(a.Key))
	switch a.Op {
	case match.Present:
		return n.Set("present", manifest.Bool(true).Because(intent.From(a.Place())...))
	case match.Exact:
		return n.Set("exact", text(a))
	case match.Regex:
		return n.Set("regex", text(a))
	}
	panic("consul: a query parameter that is not matched so")
}

// destination prints where a rule sends requests, and what it does to them.
func (w *writer) destination(s service, r *intent.Rule, own []intent.Backend, path string) *manifest.Node {
	n, steps := manifest.Map(), r.Steps
	switch to := legs(r.Then); {
	case len(to) > 1: // its shares are the splitter's
	case len(to) == 1:
		steps = slices.Concat(steps, to[0].Steps)
		w.leg(n, s, &to[0])
	case len(own) > 1: // past the splitter
		w.leg(n, s, &intent.Backend{Host: w.tables[s].Host})
	}
	if path != "" {
		n.Set("prefixRewrite", manifest.Str(path).Because(rewriteOrigin(steps)...))
	}
	if t := r.Timeout; t != nil {
		n.Set("requestTimeout", writeLimit(t.Request).Because(t.From...)).Set("idleTimeout", writeLimit(t.Idle).Because(t.From...))
	}
	writeRetry(n, r.Retry)
	n.Set("requestHeaders", writeHeaders(steps, intent.OnRequest)).Set("responseHeaders", writeHeaders(steps, intent.OnResponse))
	return n
}

func rewriteOrigin(steps []intent.Step) intent.Origin {
	for _, s := range steps {
		if rw, ok := s.(intent.Rewrite); ok {
			return rw.From
		}
	}
	return nil
}

// leg names where requests go: nothing where that is the service of the object.
func (w *writer) leg(n *manifest.Node, own service, b *intent.Backend) {
	h := w.hop(own, b)
	w.reached(h, b)
	w.writeHop(n, own, h, b)
}

// writeLimit prints a bound: zero is none, which Consul says by a negative one.
func writeLimit(d *time.Duration) *manifest.Node {
	switch {
	case d == nil:
		return nil
	case *d == 0:
		return manifest.Str("-1s")
	}
	return manifest.Str(d.String())
}

// writeRetry prints when requests are tried again. Conditions are always said,
// since a number alone does nothing.
func writeRetry(n *manifest.Node, r *intent.Retry) {
	if r == nil || r.Attempts == 0 {
		return
	}
	n.Set("numRetries", manifest.Int(r.Attempts).Because(r.From...))
	words, codes := manifest.List(), manifest.List()
	for _, on := range r.On {
		if word := retryWord(on); word != "" {
			words.Append(manifest.Str(word).Because(r.From...))
			continue
		}
		for _, status := range statuses(on) {
			codes.Append(manifest.Int(status).Because(r.From...))
		}
	}
	if len(words.Kids) > 0 {
		n.Set("retryOn", words)
	}
	if len(codes.Kids) > 0 {
		n.Set("retryOnStatusCodes", codes)
	}
}

// writeHeaders prints what header steps come to; nil for none.
func writeHeaders(steps []intent.Step, on intent.Message) *manifest.Node {
	out, add, set, remove := manifest.Map(), manifest.Map(), manifest.Map(), manifest.List()
	for _, h := range gatewayapi.OneChange(steps, on) {
		switch value := manifest.Str(h.Value).Because(h.From...); h.Op {
		case intent.AddHeader:
			add.Set(h.Name, value)
		case intent.SetHeader:
			set.Set(h.Name, value)
		case intent.RemoveHeader:
			remove.Append(manifest.Str(h.Name).Because(h.From...))
		}
	}
	for _, part := range []struct {
		key string
		n   *manifest.Node
	}{{"add", add}, {"set", set}, {"remove", remove}} {
		if len(part.n.Kids) > 0 {
			out.Set(part.key, part.n)
		}
	}
	if len(out.Kids) == 0 {
		return nil
	}
	return out
}

// splitter prints the shares of a service. No share enters another splitter, and
// so no header is changed by two, which would bring Consul's servers down.
func (w *writer) splitter(t *intent.Routing, s service, to []intent.Backend) {
	splits := manifest.List()
	to = w.joinLegs(s, to)
	for i := range to {
		b := &to[i]
		n := manifest.Map().Because(b.From...).Set("weight", writeWeight(b.Weight).Because(b.From...))
		w.leg(n, s, b)
		n.Set("requestHeaders", writeHeaders(b.Steps, intent.OnRequest)).Set("responseHeaders", writeHeaders(b.Steps, intent.OnResponse))
		splits.Append(n)
	}
	o := w.object(kindSplitter, t.Host.Service.Namespace, s.name, homeFor(t, kindSplitter), t.From)
	w.spec(o).Set("splits", splits)
}

// joinLegs adds up shares that go to one place and change no headers: Consul's
// servers refuse these.
func (w *writer) joinLegs(s service, to []intent.Backend) []intent.Backend {
	var out []intent.Backend
	for _, b := range to {
		i := slices.IndexFunc(out, func(x intent.Backend) bool { return w.hop(s, &x) == w.hop(s, &b) && len(x.Steps)+len(b.Steps) == 0 })
		if i < 0 {
			out = append(out, b)
			continue
		}
		out[i].Weight += b.Weight
		out[i].From = append(slices.Clone(out[i].From), b.From...)
	}
	return out
}

// writeWeight prints hundredths of a percent in percent.
func writeWeight(hundredths int) *manifest.Node {
	if hundredths%100 == 0 {
		return manifest.Int(hundredths / 100)
	}
	return manifest.Float(float64(hundredths) / 100)
}
