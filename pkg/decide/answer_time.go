package decide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// attempts says the bound of one attempt in one way: as part of the retries, or as
// that of the request where there is only one attempt.
func (r *answerer) attempts(rule *intent.Rule) (*intent.Timeout, *intent.Retry) {
	timeout, retry := rule.Timeout, rule.Retry
	if timeout == nil || timeout.Backend == nil {
		return timeout, retry
	}
	t, effective := *timeout, retry
	if effective == nil {
		effective = r.baseline.Retry
	}
	t.Backend = nil
	if effective != nil && effective.Attempts > 0 {
		bounded := *effective
		if bounded.PerTry == nil {
			bounded.PerTry = timeout.Backend
		}
		return &t, &bounded
	}
	if t.Request == nil || *t.Request == 0 || *timeout.Backend != 0 && *timeout.Backend < *t.Request {
		t.Request = timeout.Backend
	}
	return &t, retry
}

// timing is the effect of a rule's timeouts; zero is unlimited.
func (r *answerer) timing(t *intent.Timeout) part {
	defaulted := t == nil || t.From.Defaulted()
	if t == nil {
		t = r.baseline.Timeout
	}
	if t == nil {
		t = &intent.Timeout{}
	}
	if b := r.baseline.Timeout; t.Request == nil && b != nil { // not said
		c := *t
		c.Request, t = b.Request, &c
	}
	text := ""
	for _, d := range []struct {
		name  string
		value *time.Duration
	}{{"request", t.Request}, {"idle", t.Idle}, {"response", t.Response}} {
		if d.value != nil && *d.value != 0 {
			text += d.name + " " + d.value.String() + " "
		}
	}
	return part{defaulted, strings.TrimSpace(text)}
}

// retrying is the effect of a rule's retries.
func (r *answerer) retrying(t *intent.Retry) part {
	defaulted := t == nil || t.From.Defaulted()
	if t == nil {
		t = r.baseline.Retry
	}
	if t == nil || t.Attempts == 0 {
		return part{defaulted, "none"}
	}
	text := itoa(t.Attempts) + " on [" + strings.Join(conditions(t.On), " ") + "] per try " + show(t.PerTry) + " backoff " + show(t.Backoff) +
		" hosts " + show(t.OtherHosts) + " localities " + show(t.OtherLocalities)
	if t.Budget != nil {
		b := *t.Budget
		b.From = nil
		text += fmt.Sprintf(" budget %+v", b)
	}
	return part{defaulted, text}
}

// conditions sorts retry conditions, with status codes as the fewest ranges.
func conditions(on []intent.RetryOn) []string {
	out := make([]string, 0, len(on))
	var codes []int
	for _, o := range on {
		low, high, isRange := strings.Cut(string(o), "-")
		if strings.Trim(low, "0123456789") != "" {
			out = append(out, string(o))
			continue
		}
		from, err := strconv.Atoi(low)
		to := from
		if isRange && err == nil {
			to, err = strconv.Atoi(high)
		}
		if err != nil || to > 999 {
			out = append(out, string(o))
			continue
		}
		for c := from; c <= to; c++ {
			codes = append(codes, c)
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for i := 0; i < len(codes); {
		j := i
		for j+1 < len(codes) && codes[j+1] == codes[j]+1 {
			j++
		}
		out = append(out, fmt.Sprintf("%d-%d", codes[i], codes[j]))
		i = j + 1
	}
	slices.Sort(out)
	return slices.Compact(out)
}
