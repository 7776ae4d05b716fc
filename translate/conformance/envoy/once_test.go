package envoy

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// once compares what takes more than one request, for one that a rule takes.
func (a *asker) once(w *want, r engine.Request, q *match.Request, rule intent.Rule) {
	a.preflight(r, q, rule)
	if w.sure || w.delay > 0 {
		return
	}
	a.split(w, r, rule)
	a.copies(r, rule)
	a.again(r, rule)
}

// rounds is how many requests tell shares.
const rounds = 300

// split counts where many requests go, where they go to several places, or are
// answered at times.
func (a *asker) split(w *want, r engine.Request, rule intent.Rule) {
	aborted := aborted(rule)
	if aborted > 0 {
		a.n.faults++
	}
	if len(w.legs) < 2 && aborted == 0 {
		return
	}
	if len(w.legs) > 1 {
		a.n.splits++
	}
	count := map[string]int{}
	for range rounds {
		got, err := a.client.Send(r)
		a.n.requests++
		if err != nil {
			a.Errorf("%s: %v", a.says(r), err)
			return
		}
		if s := reached(a.envoy, got); s != nil {
			count[a.published(s.Cluster)]++
		}
	}
	for _, l := range w.legs {
		if share := l.share * (1 - aborted); !likely(count[l.set], share) {
			a.Errorf("%s: %d of %d requests reach %s, whose share is %.3f", a.says(r), count[l.set], rounds, l.set, share)
		}
	}
}

// aborted is the share of requests that a rule answers with a fault.
func aborted(rule intent.Rule) float64 {
	share := 0.0
	for _, s := range rule.Steps {
		if f, is := s.(intent.Abort); is {
			share = f.Percent / 100
		}
	}
	return share
}

// likely reports whether a count out of all rounds is one of a share, which one fair split
// of five hundred millions is not, however small the share is: by Chernoff's bound.
func likely(count int, share float64) bool {
	term := func(got, want float64) float64 {
		if got == 0 {
			return 0
		}
		return got * math.Log(got/want)
	}
	part := float64(count) / rounds
	return rounds*(term(part, share)+term(1-part, 1-share)) <= 20
}

// copies compares who gets a copy of a request.
func (a *asker) copies(r engine.Request, rule intent.Rule) {
	var must, may []string
	for _, s := range rule.Steps {
		if m, is := s.(intent.Mirror); is && m.Percent == 100 && !m.To.Missing {
			must = append(must, a.set(m.To))
		} else if is && m.Percent > 0 {
			may = append(may, a.set(m.To))
		}
	}
	if len(must)+len(may) == 0 {
		return
	}
	a.n.mirrors++
	slices.Sort(must)
	var have []string
	for range rounds { // what is answered with a fault is not copied
		got, err := a.client.Send(r)
		a.n.requests++
		if err != nil {
			a.Errorf("%s: %v", a.says(r), err)
			return
		}
		if reached(a.envoy, got) == nil && aborted(rule) > 0 {
			continue
		}
		have = slices.DeleteFunc(a.copied(got, len(must)), func(s string) bool { return slices.Contains(may, s) && !slices.Contains(must, s) })
		if slices.Equal(must, have) {
			return
		}
		break
	}
	a.Errorf("%s: copies reach %v, and must reach %v; Envoy counts\n%s", a.says(r), have, must, a.envoy.Counts(a.prefix))
}

// copied is what copies of a request reached, in order. They arrive by themselves: for
// so many it waits a second.
func (a *asker) copied(got engine.Response, many int) []string {
	var have []string
	for range 100 {
		have = nil
		for _, s := range a.envoy.Upstream.Arrived(got.ID) {
			if shadow(s) {
				have = append(have, a.published(s.Cluster))
			}
		}
		if len(have) >= many {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	slices.Sort(have)
	return have
}

// again counts how often a request is tried that servers answer with an error.
func (a *asker) again(r engine.Request, rule intent.Rule) {
	if rule.Retry == nil || rule.Retry.Backoff != nil && *rule.Retry.Backoff > 100*time.Millisecond || slow(rule) {
		return
	}
	a.n.retries++
	for _, status := range []int{500, 502, 503, 409, 404} {
		r.Answer = status
		got, err := a.client.Send(r)
		a.n.requests++
		if err != nil {
			a.Errorf("%s: %v", a.says(r), err)
			return
		}
		tries := 0
		for _, s := range a.envoy.Upstream.Arrived(got.ID) {
			if !shadow(s) {
				tries++
			}
		}
		must := 1
		if slices.ContainsFunc(rule.Retry.On, func(on intent.RetryOn) bool { return retried(on, status) }) {
			must += rule.Retry.Attempts
		}
		if tries != must {
			a.Errorf("%s: an answer of %d is tried %d times, and must be %d times by %+v", a.says(r), status, tries, must, rule.Retry)
		}
	}
}

// slow reports whether a rule may end what is tried again.
func slow(r intent.Rule) bool {
	aborts := func(s intent.Step) bool { _, is := s.(intent.Abort); return is }
	return patience(r) > 0 && patience(r) < 500*time.Millisecond || r.Retry.Attempts > 20 || slices.ContainsFunc(r.Steps, aborts)
}

// retried reports whether a condition holds for a status.
func retried(on intent.RetryOn, status int) bool {
	switch on {
	case intent.On5xx:
		return status >= 500
	case intent.OnGatewayError:
		return status >= 502 && status <= 504
	case intent.OnRetriable4xx:
		return status == 409
	}
	low, high, is := strings.Cut(string(on), "-")
	if !is {
		high = low
	}
	var from, to int
	if _, err := fmt.Sscan(low, &from); err != nil {
		return false
	}
	if _, err := fmt.Sscan(high, &to); err != nil {
		return false
	}
	return from <= status && status <= to
}
