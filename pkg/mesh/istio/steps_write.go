package istio

import (
	"math"
	"strconv"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// writeSteps sets what a route does to requests, in the order in which Istio's
// documentation lists the fields; path is how a new path is said.
func (w *writer) writeSteps(n *manifest.Node, steps []intent.Step, path *pathWords, namespace string) {
	n.Set("rewrite", writeRewrite(steps, path))
	fault, mirrors := manifest.Map(), manifest.List()
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers, intent.Rewrite:
		case intent.Mirror:
			m := manifest.Map().Because(s.From...).Set("destination", w.destination(s.To, namespace))
			if s.Percent != 100 {
				m.Set("percentage", percentage(s.Percent))
			}
			mirrors.Append(m)
		case intent.Delay:
			fault.Set("delay", manifest.Map().Because(s.From...).Set("percentage", percentage(s.Percent)).Set("fixedDelay", writeDuration(s.Fixed)))
		case intent.Abort:
			fault.Set("abort", writeAbort(s))
		case intent.CORS:
			n.Set("corsPolicy", writeCORS(s))
		default:
			panic("istio: unknown step")
		}
	}
	if len(fault.Kids) > 0 {
		n.Set("fault", fault)
	}
	if len(mirrors.Kids) > 0 {
		n.Set("mirrors", mirrors)
	}
	n.Set("headers", writeHeaders(steps))
}

// writeRewrite prints the new path and host, nil where both stay.
func writeRewrite(steps []intent.Step, path *pathWords) *manifest.Node {
	n := manifest.Map()
	for _, s := range steps {
		rw, ok := s.(intent.Rewrite)
		if !ok {
			continue
		}
		n.Because(rw.From...)
		switch {
		case rw.Path == nil:
		case path.pattern != "":
			n.Set("uriRegexRewrite", manifest.Map().Set("match", manifest.Str(path.pattern)).Set("rewrite", manifest.Str(path.to)))
		default:
			n.Set("uri", manifest.Str(path.to))
		}
		if rw.Host != "" {
			n.Set("authority", manifest.Str(rw.Host))
		}
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}

// percentage prints a share in percent.
func percentage(p float64) *manifest.Node {
	value := manifest.Float(p)
	if p == math.Trunc(p) {
		value = manifest.Int(int(p))
	}
	return manifest.Map().Set("value", value)
}

func writeAbort(a intent.Abort) *manifest.Node {
	n := manifest.Map().Because(a.From...).Set("percentage", percentage(a.Percent))
	if a.GRPC != "" {
		return n.Set("grpcStatus", manifest.Str(a.GRPC))
	}
	return n.Set("httpStatus", manifest.Int(a.Status))
}

// writeHeaders prints what header steps come to, nil for none.
func writeHeaders(steps []intent.Step) *manifest.Node {
	out := manifest.Map()
	for _, side := range []struct {
		key string
		on  intent.Message
	}{{"request", intent.OnRequest}, {"response", intent.OnResponse}} {
		set, add, remove := manifest.Map(), manifest.Map(), manifest.List()
		for _, h := range gatewayapi.OneEach(steps, side.on) {
			switch value := manifest.Str(h.Value).Because(h.From...); h.Op {
			case intent.SetHeader:
				set.Set(h.Name, value)
			case intent.AddHeader:
				add.Set(h.Name, value)
			case intent.RemoveHeader:
				remove.Append(manifest.Str(h.Name).Because(h.From...))
			}
		}
		ops := manifest.Map()
		for _, o := range []struct {
			key string
			n   *manifest.Node
		}{{"set", set}, {"add", add}, {"remove", remove}} {
			if len(o.n.Kids) > 0 {
				ops.Set(o.key, o.n)
			}
		}
		if len(ops.Kids) > 0 {
			out.Set(side.key, ops)
		}
	}
	if len(out.Kids) == 0 {
		return nil
	}
	return out
}

func writeCORS(c intent.CORS) *manifest.Node {
	n, origins := manifest.Map().Because(c.From...), manifest.List()
	for _, a := range c.Origins {
		if a.Op == match.Present {
			a.Op, a.Value = match.Regex, ".*"
		}
		origins.Append(writeString(a))
	}
	if len(origins.Kids) > 0 {
		n.Set("allowOrigins", origins)
	}
	n.Set("allowMethods", manifest.Strs(c.Methods...)).Set("allowHeaders", manifest.Strs(c.Headers...)).Set("exposeHeaders", manifest.Strs(c.Expose...))
	n.Set("maxAge", manifest.OrNil(c.MaxAge, writeDuration)).Set("allowCredentials", manifest.OrNil(c.Credentials, manifest.Bool))
	return n.Set("unmatchedPreflights", manifest.OrNil(c.ForwardPreflight, func(forward bool) *manifest.Node {
		if forward {
			return manifest.Str("FORWARD")
		}
		return manifest.Str("IGNORE")
	}))
}

// seconds is a duration in seconds, as protobuf's JSON form wants it: up to
// nanoseconds, without needless digits.
func seconds(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}
