package envoy

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// differs says how what came back differs from what must; "" is not at all.
func (w *want) differs(a *asker, r engine.Request, got engine.Response) string {
	if got.Took < w.delay-tick {
		return fmt.Sprintf("the answer comes after %v, and must not before %v", got.Took, w.delay)
	}
	seen := reached(a.envoy, got)
	if seen == nil {
		return w.answered(a, r, got)
	}
	a.n.forwarded++
	if w.sure {
		return fmt.Sprintf("reaches %s, and must be answered with %v", seen.Cluster, w.statuses)
	}
	i := slices.IndexFunc(w.legs, func(l leg) bool { return l.set == a.published(seen.Cluster) && l.share > 0 })
	if i < 0 {
		return fmt.Sprintf("reaches %s, which is none of %v", seen.Cluster, w.legs)
	}
	return cmp.Or(w.legs[i].differs(r, seen, got.Header), w.waits(seen))
}

// tick is how exact Envoy's clocks are.
const tick = 10 * time.Millisecond

// reached is what a server saw of a request last; nil is nothing.
func reached(e *engine.Envoy, got engine.Response) *engine.Seen {
	var last *engine.Seen
	for _, s := range e.Upstream.Arrived(got.ID) {
		if !shadow(s) {
			last = &s
		}
	}
	return last
}

// shadow reports whether a request is a copy.
func shadow(s engine.Seen) bool {
	name, _, _ := strings.Cut(s.Host, ":")
	return strings.HasSuffix(name, "-shadow")
}

// faultBody is how the filter for faults answers.
const faultBody = "fault filter abort"

// answered compares an answer that no server gave.
func (w *want) answered(a *asker, r engine.Request, got engine.Response) string {
	switch {
	case w.fault != 0 && got.Status == w.fault && (got.Body == faultBody || r.Method == http.MethodHead):
		a.n.answered++
		return "" // headers are changed for what routes answer
	case !slices.Contains(w.statuses, got.Status):
		return fmt.Sprintf("is answered with %d %q, and must be with %v or by %v", got.Status, got.Body, w.statuses, w.legs)
	case w.location != nil:
		a.n.redirected++
		at := where(got.Header.Get("Location"))
		if !strings.Contains(r.Host, ":") && a.port != 0 && a.port != 80 {
			at.port = w.location.port // who addresses another port than 80 says so
		}
		if at != *w.location {
			return fmt.Sprintf("is redirected to %v, and must be to %v", at, *w.location)
		}
	case w.body != "" && got.Body != w.body && r.Method != http.MethodHead:
		return fmt.Sprintf("is answered with %q, and must be with %q", got.Body, w.body)
	default:
		a.n.answered++
	}
	return changed(map[string]string{}, w.response, got.Header)
}

// differs compares what the server of a leg saw, and what went back.
func (l leg) differs(r engine.Request, seen *engine.Seen, back http.Header) string {
	path, asked, _ := strings.Cut(r.Path, "?")
	if l.path != "" {
		path = l.path
	}
	if asked != "" {
		path += "?" + asked
	}
	switch {
	case seen.Path != path:
		return fmt.Sprintf("arrives with path %s, and must with %s", seen.Path, path)
	case seen.Method != r.Method:
		return fmt.Sprintf("arrives with method %s", seen.Method)
	case seen.Host != l.host:
		return fmt.Sprintf("arrives with host %s, and must with %s", seen.Host, l.host)
	}
	sent := map[string]string{}
	for _, h := range r.Headers {
		sent[h[0]] = h[1]
	}
	given := map[string]string{}
	for _, name := range r.Give {
		given[name] = "given"
	}
	return cmp.Or(changed(sent, l.request, seen.Header), changed(given, l.response, back))
}

// changed compares headers with what changes make of those that were sent.
func changed(sent map[string]string, changes []intent.Headers, got http.Header) string {
	must := applied(sent, changes)
	names := map[string]bool{}
	for n := range sent {
		names[n] = true
	}
	for _, h := range changes {
		names[h.Name] = true
	}
	for n := range names {
		if strings.HasPrefix(n, "x-envoy-") || strings.HasPrefix(n, "x-forwarded-") || slices.Contains([]string{"host", "server", "date"}, n) {
			continue // Envoy says it itself, after all changes
		}
		have := strings.Join(got.Values(n), ",")
		_, there := got[http.CanonicalHeaderKey(n)]
		if v, mustBe := must[n]; mustBe != there || v != have && (intent.Listed(n) || !sameParts(v, have)) {
			return fmt.Sprintf("header %s is %q (%v), and must be %q (%v)", n, have, there, v, mustBe)
		}
	}
	return ""
}

// sameParts reports whether cookies are the same, in whatever order.
func sameParts(a, b string) bool {
	as, bs := strings.Split(a, ","), strings.Split(b, ",")
	slices.Sort(as)
	slices.Sort(bs)
	return slices.Equal(as, bs)
}

// waits compares the bound of a try that the server was told.
func (w *want) waits(seen *engine.Seen) string {
	ms, _ := strconv.Atoi(seen.Header.Get("X-Envoy-Expected-Rq-Timeout-Ms"))
	if got := time.Duration(ms) * time.Millisecond; got != w.patience {
		return fmt.Sprintf("is waited for during %v, and must be during %v", got, w.patience)
	}
	return ""
}

// address is where a redirect leads.
type address struct{ scheme, host, port, path, query string }

var schemePorts = map[string]string{"http": "80", "https": "443"}

// where reads a location, without judging it.
func where(location string) address {
	scheme, rest, _ := strings.Cut(location, "://")
	slash := max(0, strings.IndexByte(rest, '/'))
	host, port, _ := strings.Cut(rest[:slash], ":")
	path, query, _ := strings.Cut(rest[slash:], "?")
	return address{scheme, host, cmp.Or(port, schemePorts[scheme]), path, query}
}

// redirected is where the model leads a request to.
func redirected(to intent.Redirect, r engine.Request) *address {
	host, port, _ := strings.Cut(r.Host, ":")
	path, query, _ := strings.Cut(r.Path, "?")
	out := address{cmp.Or(to.Scheme, "http"), cmp.Or(to.Host, host), cmp.Or(port, "80"), path, query}
	switch {
	case to.Port != 0:
		out.port = strconv.Itoa(to.Port)
	case to.Scheme != "":
		out.port = schemePorts[to.Scheme]
	}
	if to.Path != nil {
		out.path = decide.RewritePath(*to.Path, path)
	}
	return &out
}
