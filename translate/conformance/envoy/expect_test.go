package envoy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// want is what must come back of one request.
type want struct {
	// statuses are those that may be answered without a server; none is that a
	// server answers always.
	statuses []int
	// sure says that a server never answers.
	sure     bool
	body     string
	location *address
	grpc     string
	// fault is the status of a fault that may answer in place of all else; 0 is none.
	fault int
	// legs are the servers that may answer.
	legs []leg
	// response are the changes of what goes back, whoever answers.
	response []intent.Headers
	// patience is the bound of the first try that servers are told; 0 is none.
	patience time.Duration
	delay    time.Duration
}

// leg is what one server sees, and how often.
type leg struct {
	set, path, host string
	share           float64
	request         []intent.Headers
	response        []intent.Headers
}

// expect says what the model says of a request that a rule takes.
func (a *asker) expect(out decide.Outcome, rule intent.Rule, q *match.Request, r engine.Request) *want {
	w := &want{}
	heads := w.steps(rule.Steps)
	switch then := rule.Then.(type) {
	case intent.Redirect:
		w.sure, w.statuses, w.location = true, append(w.statuses, out.Status), redirected(then, r)
	case intent.Respond:
		w.sure, w.statuses, w.body = true, append(w.statuses, out.Status), then.Body
	case intent.Forward:
		for _, b := range then.To {
			w.leg(a, rule, b, out, heads, r)
		}
		w.patience = patience(rule)
	}
	for _, h := range heads {
		if h.On == intent.OnResponse {
			w.response = append(w.response, h)
		}
	}
	total := 0.0
	for _, l := range w.legs {
		total += l.share
	}
	if !w.sure && total < 0.999 {
		w.statuses = append(w.statuses, 500, 503)
		w.sure = total == 0
	}
	return w
}

// steps are the changes of headers among the steps of a rule; faults count here.
func (w *want) steps(all []intent.Step) []intent.Headers {
	var heads []intent.Headers
	for _, s := range all {
		switch s := s.(type) {
		case intent.Headers:
			heads = append(heads, s)
		case intent.Delay:
			if s.Percent == 100 {
				w.delay = s.Fixed
			}
		case intent.Abort:
			w.abort(s)
		}
	}
	return heads
}

func (w *want) abort(s intent.Abort) {
	if s.Percent == 0 {
		return
	}
	w.sure = s.Percent == 100
	if s.GRPC != "" {
		w.grpc = s.GRPC
		w.statuses = append(w.statuses, 200, 503, 500, 429, 404, 403, 400, 401, 501, 504, 409)
		return
	}
	w.statuses, w.fault = append(w.statuses, s.Status), s.Status
}

func (w *want) leg(a *asker, rule intent.Rule, b intent.Backend, out decide.Outcome, heads []intent.Headers, r engine.Request) {
	for _, l := range out.Legs {
		if l.Host != b.Host || w.has(a.set(b)) {
			continue
		}
		own := leg{set: a.set(b), share: float64(l.Weight) / float64(l.Sum), path: l.Path, host: r.Host}
		for _, s := range slices.Concat(rule.Steps, b.Steps) {
			if s, is := s.(intent.Rewrite); is && s.Host != "" {
				own.host = s.Host
			}
		}
		for _, s := range b.Steps {
			if h, is := s.(intent.Headers); is {
				heads = append(slices.Clone(heads), h)
			}
		}
		for _, h := range heads {
			if h.On == intent.OnRequest {
				own.request = append(own.request, h)
			} else {
				own.response = append(own.response, h)
			}
		}
		w.legs = append(w.legs, own)
		return
	}
}

func (w *want) has(set string) bool {
	return slices.ContainsFunc(w.legs, func(l leg) bool { return l.set == set })
}

// set is the name of the endpoints of a backend, as Cilium publishes them. A backend
// without a port has that of the request, or the only one of its Service.
func (a *asker) set(b intent.Backend) string {
	port := b.Port
	if port == 0 && b.Host == a.host {
		port = a.port
	}
	if s := a.model.Service(b.Host.Service); port == 0 && s != nil && len(s.Ports) == 1 {
		port = s.Ports[0].Port
	}
	if port == 0 {
		return b.Host.Service.String() + ":*"
	}
	return b.Host.Service.String() + ":" + strconv.Itoa(port)
}

// published is the name of endpoints in the same way for all of its spellings.
func (a *asker) published(set string) string {
	name, port, _ := strings.Cut(set, ":")
	namespace, service, _ := strings.Cut(name, "/")
	b := intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: namespace, Name: service}}}
	if port == "" || port == "*" {
		return a.set(b)
	}
	for i := 0; a.model.Service(b.Host.Service) != nil && i < len(a.model.Service(b.Host.Service).Ports); i++ {
		if p := a.model.Service(b.Host.Service).Ports[i]; p.Name == port {
			b.Port = p.Port
			return a.set(b)
		}
	}
	return set
}

// patience is the bound of the first try.
func patience(r intent.Rule) time.Duration {
	var out time.Duration
	if r.Timeout != nil && r.Timeout.Request != nil {
		out = *r.Timeout.Request
	}
	if r.Retry != nil && r.Retry.PerTry != nil && *r.Retry.PerTry > 0 && (out == 0 || *r.Retry.PerTry < out) {
		out = *r.Retry.PerTry
	}
	return out
}

// give are the names of headers that servers must answer with: those that are
// changed on the way back.
func (w *want) give() []string {
	var out []string
	for _, l := range w.legs {
		for _, h := range l.response {
			out = append(out, h.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// applied are headers after changes in their order, as text.
func applied(headers map[string]string, changes []intent.Headers) map[string]string {
	out := map[string]string{}
	for k, v := range headers {
		out[k] = v
	}
	for _, h := range changes {
		old, there := out[h.Name]
		switch {
		case h.Op == intent.RemoveHeader:
			delete(out, h.Name)
		case h.Op == intent.AddHeader && there:
			out[h.Name] = old + "," + h.Value
		default:
			out[h.Name] = h.Value
		}
	}
	return out
}
