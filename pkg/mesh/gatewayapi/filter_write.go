package gatewayapi

import (
	"math"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// writeFilters prints steps of a table and a redirect as filters, in the order of the
// steps; those of one kind stand where the first of them does.
func (w *routeWriter) writeFilters(t *intent.Routing, steps []intent.Step, redirect *intent.Redirect, namespace string) *manifest.Node {
	list := manifest.List()
	var rewrite *manifest.Node
	headers := map[intent.Message]bool{}
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers:
			if !headers[s.On] {
				headers[s.On] = true
				list.Append(w.writeHeaders(steps, s.On))
			}
		case intent.Mirror:
			list.Append(filter("RequestMirror", w.writeMirror(t, s, namespace), s.From))
		case intent.CORS:
			list.Append(filter("CORS", writeCORS(s), s.From))
		case intent.Rewrite:
			if rewrite == nil {
				rewrite = manifest.Map()
				list.Append(filter("URLRewrite", rewrite, s.From))
			}
			writeRewrite(rewrite, s)
		default:
			panic("gatewayapi: a step that no filter says")
		}
	}
	if redirect != nil {
		list.Append(filter("RequestRedirect", writeRedirect(*redirect), redirect.From))
	}
	return filled(list)
}

func filter(kind string, settings *manifest.Node, from []place.Ref) *manifest.Node {
	return manifest.Map().Because(from...).Set("type", manifest.Str(kind)).Set(filterKeys[kind], settings)
}

// headerFilters are the types of filters for headers.
var headerFilters = map[intent.Message]string{intent.OnRequest: "RequestHeaderModifier", intent.OnResponse: "ResponseHeaderModifier"}

// writeHeaders prints the net effect of header steps as one filter.
func (w *routeWriter) writeHeaders(steps []intent.Step, on intent.Message) *manifest.Node {
	lists := map[intent.HeaderOp]*manifest.Node{}
	var from []place.Ref
	for _, h := range w.d.headers(steps, on) {
		if lists[h.Op] == nil {
			lists[h.Op] = manifest.List()
		}
		item := manifest.Str(h.Name)
		if h.Op != intent.RemoveHeader {
			item = manifest.Map().Set("name", manifest.Str(h.Name)).Set("value", manifest.Str(h.Value))
		}
		lists[h.Op].Append(item.Because(h.From...))
		from = append(from, h.From...)
	}
	n := manifest.Map()
	for _, op := range []intent.HeaderOp{intent.SetHeader, intent.AddHeader, intent.RemoveHeader} {
		n.Set(headerLists[op], lists[op])
	}
	return filter(headerFilters[on], n, from)
}

func writeRewrite(n *manifest.Node, s intent.Rewrite) {
	n.Because(s.From...)
	if s.Host != "" {
		n.Set("hostname", manifest.Str(s.Host))
	}
	n.Set("path", writePathModifier(s.Path))
}

func writePathModifier(p *intent.PathRewrite) *manifest.Node {
	if p == nil {
		return nil
	}
	if p.Kind == intent.FullPath {
		return manifest.Map().Set("type", manifest.Str("ReplaceFullPath")).Set("replaceFullPath", manifest.Str(p.Replace))
	}
	return manifest.Map().Set("type", manifest.Str("ReplacePrefixMatch")).Set("replacePrefixMatch", manifest.Str(prefixText(p.Replace)))
}

// prefixText is a prefix without a slash at its end, which says nothing: implementations
// that hand it on to Envoy as it is let it stand beside the one that follows.
// cilium operator/pkg/model/translation/envoy_virtual_host.go pathPrefixMutation,
// istio pilot/pkg/config/kube/gateway/conversion.go createRedirectFilter
func prefixText(prefix string) string {
	if short := strings.TrimRight(prefix, "/"); short != "" || prefix == "" {
		return short
	}
	return "/"
}

func writeRedirect(r intent.Redirect) *manifest.Node {
	n := manifest.Map()
	if r.Scheme != "" {
		n.Set("scheme", manifest.Str(r.Scheme))
	}
	if r.Host != "" {
		n.Set("hostname", manifest.Str(r.Host))
	}
	n.Set("path", writePathModifier(r.Path))
	if r.Port != 0 {
		n.Set("port", manifest.Int(r.Port))
	}
	if r.Status != 302 {
		n.Set("statusCode", manifest.Int(r.Status))
	}
	return n
}

// writeMirror prints the share in whole percent where it is one, as a fraction
// otherwise, and not at all where it is everything.
func (w *routeWriter) writeMirror(t *intent.Routing, m intent.Mirror, namespace string) *manifest.Node {
	if m.To.Port == 0 {
		m.To.Port = w.portOf(m.To.Host.Service, t)
	}
	n := manifest.Map().Set("backendRef", w.writeReference(m.To, namespace))
	switch {
	case m.Percent == 100:
	case m.Percent == math.Trunc(m.Percent):
		n.Set("percent", manifest.Int(int(m.Percent)))
	default:
		part, whole := fraction(m.Percent)
		n.Set("fraction", manifest.Map().Set("numerator", manifest.Int(part)).Set("denominator", manifest.Int(whole)))
	}
	return n
}

// fraction writes a percentage as a fraction, exact to a millionth.
func fraction(percent float64) (part, whole int) {
	part, whole = int(math.Round(percent*10_000)), 1_000_000
	for _, f := range []int{2, 5} {
		for part%f == 0 && whole%f == 0 && whole/f >= 100 {
			part, whole = part/f, whole/f
		}
	}
	return part, whole
}
