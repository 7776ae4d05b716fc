package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// sayAuthority reports whether a change of a header is one of the authority, for
// implementations that take it so.
// istio pilot/pkg/networking/core/route/route.go translateHeadersOperations
func (r *routeReader) sayAuthority(h intent.Headers) bool {
	return r.d.HostHeader && h.Authority() && h.Op != intent.RemoveHeader
}

// authority finds the header that says the authority: one that is set before one that is
// added.
func (r *routeReader) authority(f *filtered, n *source.Node) {
	if !r.d.HostHeader {
		return
	}
	for _, key := range []string{"set", "add"} {
		for _, item := range n.Get(key).Items() {
			switch name := item.Get("name"); {
			case !strings.EqualFold(name.Str(), "host"):
			case f.host == nil:
				f.host = item
			default:
				r.overruled(item)
			}
		}
	}
}

// settleAuthority adds the rewrite that a header asks for, unless a URLRewrite says
// another authority.
func (r *routeReader) settleAuthority(f *filtered) {
	switch {
	case f.host == nil:
	case f.hostname != nil:
		r.overruled(f.host)
	default:
		f.steps = append(f.steps, intent.Rewrite{Host: formValue.need(f.host, "value"), From: intent.From(f.host.Ref())})
	}
}

func (r *routeReader) overruled(n *source.Node) {
	n.MarkRead()
	r.inert(n, "the authority that the header Host says has no effect: another one is set")
}

// ofBackend are the steps of a backend as they are written: a new authority as the header
// Host, for implementations that rewrite for no backend and take it so.
func (d Dialect) ofBackend(steps []intent.Step) []intent.Step {
	if !d.HostHeader {
		return steps
	}
	out := make([]intent.Step, len(steps))
	for i, s := range steps {
		if rw, is := s.(intent.Rewrite); is {
			s = intent.Headers{Name: "host", Value: rw.Host, From: rw.From}
		}
		out[i] = s
	}
	return out
}

// onlyHost holds for rewrites that change nothing but the authority.
func onlyHost(p intent.Part) string {
	if r, is := p.(intent.Rewrite); is && r.Path != nil {
		return "the path is rewritten for all backends alike"
	}
	return ""
}

// NotAuthority holds for changes of headers that are not the authority, which is said by a
// rewrite.
func NotAuthority(p intent.Part) string {
	if h, is := p.(intent.Headers); is && h.Authority() {
		return "the header Host is the authority, which a rewrite says"
	}
	return ""
}
