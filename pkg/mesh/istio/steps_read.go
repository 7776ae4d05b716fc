package istio

import (
	"reflect"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// entries lists the entries of a map sorted by key, so that their order in the
// file means nothing.
func entries(n *source.Node) []source.Entry {
	out := n.Entries()
	slices.SortFunc(out, func(a, b source.Entry) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// headers reads header operations; one that sets the authority is a rewrite.
// Removals come first, then what is set, then what is added:
// pilot/pkg/networking/core/route.
func (vs *virtualService) headers(n *source.Node) (steps []intent.Step) {
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
					steps = append(steps, intent.Rewrite{Host: e.Value.Str(), From: intent.From(e.Value.Ref())})
					continue
				}
				steps = append(steps, intent.Headers{On: side.on, Op: op.op, Name: name, Value: e.Value.Str(), From: intent.From(e.Value.Ref())})
			}
		}
	}
	return steps
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

// rewriteFor is the rewrite of the path under a condition; nil where its
// alternatives match in different ways.
func rewriteFor(when match.Expr, to string) *intent.PathRewrite {
	alts, ok := match.DNF(when, 100)
	if !ok {
		return nil
	}
	var out *intent.PathRewrite
	for _, ls := range alts {
		one := &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/", Replace: to}
		for _, l := range ls {
			switch {
			case l.Not || l.Atom.Field != match.Path:
			case l.Atom.Op == match.Prefix:
				one.Match = l.Atom.Value
			default:
				one = &intent.PathRewrite{Kind: intent.FullPath, Replace: to}
			}
		}
		if out != nil && *out != *one {
			return nil
		}
		out = one
	}
	return out
}

// mirrors reads mirror and mirrors: without a percentage, all requests.
func (vs *virtualService) mirrors(n *source.Node, namespace string) []intent.Step {
	var out []intent.Step
	if m := n.Get("mirror"); m != nil {
		percent := 100.0
		switch p := n.Get("mirrorPercentage"); {
		case p != nil:
			percent = p.Get("value").Float()
		case n.Get("mirrorPercent") != nil:
			percent = n.Get("mirrorPercent").Float()
		case n.Get("mirror_percent") != nil:
			percent = n.Get("mirror_percent").Float()
		}
		out = append(out, intent.Mirror{To: vs.destination(m, namespace), Percent: percent, From: intent.From(m.Ref(), n.Get("mirrorPercentage").Ref(), n.Get("mirrorPercent").Ref(), n.Get("mirror_percent").Ref())})
	}
	for _, m := range n.Get("mirrors").Items() {
		percent := 100.0
		if p := m.Get("percentage"); p != nil {
			percent = p.Get("value").Float()
		}
		out = append(out, intent.Mirror{To: vs.destination(m.Get("destination"), namespace), Percent: percent, From: intent.From(m.Ref())})
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

// preflights are the spellings of unmatchedPreflights; unset forwards.
var preflights = map[string]bool{"FORWARD": true, "UNSPECIFIED": true, "IGNORE": false}

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
	for _, o := range n.Get("allowOrigin").Items() {
		out.Origins = append(out.Origins, match.Atom{Field: match.Header, Key: "origin", Value: o.Str(), Ref: new(o.Ref())})
	}
	out.Methods, out.Headers, out.Expose = stringsOf(n.Get("allowMethods")), stringsOf(n.Get("allowHeaders")), stringsOf(n.Get("exposeHeaders"))
	if m := n.Get("maxAge"); m != nil {
		d := readDuration(m)
		out.MaxAge = &d
	}
	if c := n.Get("allowCredentials"); c != nil {
		b := c.Bool()
		out.Credentials = &b
	}
	if u := n.Get("unmatchedPreflights"); u != nil {
		b, ok := preflights[u.Str()]
		if !ok {
			u.Reject("is not FORWARD or IGNORE")
		}
		out.ForwardPreflight = &b
	}
	return []intent.Step{out}
}

func stringsOf(n *source.Node) []string {
	var out []string
	for _, i := range n.Items() {
		out = append(out, i.Str())
	}
	return out
}

// mergeSteps gives a delegate's rule the steps of the rule that delegates, for
// each kind that it does not say itself.
func mergeSteps(root, leaf []intent.Step) []intent.Step {
	said := map[reflect.Type]bool{}
	for _, s := range leaf {
		said[reflect.TypeOf(s)] = true
	}
	var out []intent.Step
	for _, s := range root {
		if !said[reflect.TypeOf(s)] {
			out = append(out, s)
		}
	}
	return append(out, leaf...)
}
