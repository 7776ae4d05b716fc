package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// entries lists the entries of a map sorted by key, so that their order in the
// file means nothing.
func entries(n *source.Node) []source.Entry { return sorted(n.Entries()) }

func sorted(out []source.Entry) []source.Entry {
	slices.SortFunc(out, func(a, b source.Entry) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// headers reads header operations; one that sets the authority is a rewrite.
// Removals come first, then what is set, then what is added:
// pilot/pkg/networking/core/route.
func (vs *virtualService) headers(n *source.Node) (steps []intent.Step) {
	var authority *source.Node
	for _, side := range []struct {
		key string
		on  intent.Message
	}{{"request", intent.OnRequest}, {"response", intent.OnResponse}} {
		ops := n.Get(side.key)
		for _, r := range ops.Get("remove").Items() {
			steps = append(steps, intent.Headers{On: side.on, Op: intent.RemoveHeader, Name: strings.ToLower(r.Str()), From: intent.From(r.Ref())})
		}
		for _, op := range []struct {
			key string
			op  intent.HeaderOp
		}{{"set", intent.SetHeader}, {"add", intent.AddHeader}} {
			for _, e := range entries(ops.Get(op.key)) {
				name := strings.ToLower(e.Key)
				if side.on == intent.OnRequest && (name == "host" || name == ":authority") {
					authority = vs.firstAuthority(authority, e.Value)
					continue
				}
				steps = append(steps, intent.Headers{On: side.on, Op: op.op, Name: name, Value: e.Value.Str(), From: intent.From(e.Value.Ref())})
			}
		}
	}
	if authority != nil {
		steps = append(steps, intent.Rewrite{Host: authority.Str(), From: intent.From(authority.Ref())})
	}
	return steps
}

// firstAuthority is the one that holds of two that one list says: that which is set
// before that which is added.
func (vs *virtualService) firstAuthority(before, n *source.Node) *source.Node {
	if before == nil {
		return n
	}
	n.MarkRead()
	n.Inert("another authority is set")
	vs.add(diag.Inert, "the authority that is added has no effect: another one is set", "say one of them", n.Ref())
	return before
}

// rewrite reads what the workload sees. The path is replaced as far as the
// condition matched it: the prefix, or all of it.
func (vs *virtualService) rewrite(n *source.Node, when match.Expr) []intent.Step {
	if n == nil {
		return nil
	}
	out := intent.Rewrite{Host: n.Get("authority").Str(), From: intent.From(n.Ref())}
	if u := n.Get("uri"); u != nil {
		out.Path = rewriteFor(when, u.Str())
		if out.Path == nil {
			u.Reject("replaces different parts of the path for different matches")
		}
	}
	if re := n.Get("uriRegexRewrite"); re != nil {
		out.Path = &intent.PathRewrite{Kind: intent.RegexPath, Match: re.Get("match").Str(), Replace: re.Get("rewrite").Str()}
	}
	return []intent.Step{out}
}

// mirrors reads mirror and mirrors: without a percentage, all requests.
func (vs *virtualService) mirrors(l layer) []intent.Step {
	var out []intent.Step
	if m, home := l.find("mirror"); m != nil {
		percent := 100.0
		switch p := l.get("mirrorPercentage"); {
		case p != nil:
			percent = p.Get("value").Float()
		case l.get("mirrorPercent") != nil:
			percent = l.get("mirrorPercent").Float()
		case l.get("mirror_percent") != nil:
			percent = l.get("mirror_percent").Float()
		}
		out = append(out, intent.Mirror{To: vs.destination(m, home), Percent: percent, From: intent.From(m.Ref(), l.get("mirrorPercentage").Ref(), l.get("mirrorPercent").Ref(), l.get("mirror_percent").Ref())})
	}
	all, home := l.find("mirrors")
	for _, m := range all.Items() {
		percent := 100.0
		if p := m.Get("percentage"); p != nil {
			percent = p.Get("value").Float()
		}
		out = append(out, intent.Mirror{To: vs.destination(m.Get("destination"), home), Percent: percent, From: intent.From(m.Ref())})
	}
	return out
}

// faults reads delays and aborts. Without a percentage they never happen.
func (vs *virtualService) faults(n *source.Node) []intent.Step {
	var out []intent.Step
	if d := n.Get("delay"); d != nil {
		s := intent.Delay{Fixed: readDuration(d.Get("fixedDelay")), From: intent.From(d.Ref())}
		if p := d.Get("percentage"); p != nil {
			s.Percent = p.Get("value").Float()
		} else {
			s.Percent = d.Get("percent").Float()
		}
		if x := d.Get("exponentialDelay"); x != nil {
			x.Reject("is not supported by Istio")
		}
		vs.never(s.Percent, d)
		out = append(out, s)
	}
	if a := n.Get("abort"); a != nil {
		s := intent.Abort{Status: a.Get("httpStatus").Int(), GRPC: a.Get("grpcStatus").Str(), Percent: a.Get("percentage").Get("value").Float(), From: intent.From(a.Ref())}
		if x := a.Get("http2Error"); x != nil {
			x.Reject("is not supported by Istio")
		}
		vs.never(s.Percent, a)
		out = append(out, s)
	}
	return out
}

func (vs *virtualService) never(percent float64, n *source.Node) {
	if percent == 0 && n.Get("percentage") == nil {
		vs.add(diag.Inert, "the fault has no percentage, so it never happens", "add percentage.value", n.Ref())
	}
}

// preflights are the spellings of unmatchedPreflights; unset is the mesh's default.
var preflights = map[string]bool{"FORWARD": true, "IGNORE": false}

func (vs *virtualService) cors(n *source.Node) []intent.Step {
	if n == nil {
		return nil
	}
	out := intent.CORS{From: intent.From(n.Ref())}
	for _, o := range n.Get("allowOrigins").Items() {
		if a, ok := vs.stringMatch(o, match.Header, "origin", false).(match.Atom); ok {
			out.Origins = append(out.Origins, a)
		}
	}
	out.Origins = append(out.Origins, vs.exactOrigins(n.Get("allowOrigin"), len(out.Origins) > 0)...)
	out.Methods, out.Headers, out.Expose = stringsOf(n.Get("allowMethods")), stringsOf(n.Get("allowHeaders")), stringsOf(n.Get("exposeHeaders"))
	if m := n.Get("maxAge"); m != nil {
		d := readDuration(m)
		out.MaxAge = &d
	}
	if c := n.Get("allowCredentials"); c != nil {
		b := c.Bool()
		out.Credentials = &b
	}
	if u := n.Get("unmatchedPreflights"); u.Str() != "" && u.Str() != "UNSPECIFIED" {
		b, ok := preflights[u.Str()]
		if !ok {
			u.Reject("is not FORWARD or IGNORE")
		}
		out.ForwardPreflight = &b
	}
	return []intent.Step{out}
}

// exactOrigins reads origins in the older spelling, which counts where nothing stands in
// the newer one.
// pilot/pkg/networking/core/route/route.go TranslateCORSPolicy
func (vs *virtualService) exactOrigins(n *source.Node, newer bool) []match.Atom {
	var out []match.Atom
	for _, o := range n.Items() {
		out = append(out, match.Atom{Field: match.Header, Key: "origin", Value: o.Str(), Ref: new(o.Ref())})
	}
	if newer && n != nil {
		n.Inert("allowOrigins says which they are")
		vs.add(diag.Inert, "allowOrigin has no effect: allowOrigins stands beside it", "add the origins to allowOrigins", n.Ref())
		return nil
	}
	return out
}

func stringsOf(n *source.Node) []string {
	var out []string
	for _, i := range n.Items() {
		out = append(out, i.Str())
	}
	return out
}
