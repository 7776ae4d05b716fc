package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// A filter holds at most one value to set and one to add for each header, and
// headers to remove, which an implementation executes in an order of its own.

// NetHeaders is what a sequence of header steps comes to, header by header: what
// stands before a set or remove is lost, and an addition to a removed header
// sets it.
func NetHeaders(steps []intent.Step, on intent.Message) []intent.Headers {
	var names []string
	net := map[string][]intent.Headers{}
	for _, s := range steps {
		h, ok := s.(intent.Headers)
		if !ok || h.On != on {
			continue
		}
		if net[h.Name] == nil {
			names = append(names, h.Name)
		}
		net[h.Name] = appendHeader(net[h.Name], h)
	}
	var out []intent.Headers
	for _, name := range names {
		out = append(out, net[name]...)
	}
	return out
}

// appendHeader executes one more step on a header.
func appendHeader(before []intent.Headers, h intent.Headers) []intent.Headers {
	removed := len(before) == 1 && before[0].Op == intent.RemoveHeader
	switch {
	case h.Op == intent.AddHeader && !removed:
		return append(before, h)
	case h.Op == intent.AddHeader:
		h.Op = intent.SetHeader
	}
	for _, b := range before {
		h.From = append(slices.Clone(h.From), b.From...)
	}
	return []intent.Headers{h}
}

// OneEach is NetHeaders with one addition at most to each header whose values may stand in
// one, with commas between.
func OneEach(steps []intent.Step, on intent.Message) []intent.Headers {
	var out []intent.Headers
	for _, h := range NetHeaders(steps, on) {
		last := len(out) - 1
		if last < 0 || h.Op != intent.AddHeader || out[last].Name != h.Name || out[last].Op != intent.AddHeader || !intent.Listed(h.Name) {
			out = append(out, h)
			continue
		}
		out[last] = after(out[last], h)
	}
	return out
}

// after is a change with the value of one that adds to the same header.
func after(h, added intent.Headers) intent.Headers {
	h.Value += "," + added.Value
	h.From = append(slices.Clone(h.From), added.From...)
	return h
}

// OneChange is OneEach with one change at most of each such header: what is added to one
// that is set is part of what it is set to.
func OneChange(steps []intent.Step, on intent.Message) []intent.Headers {
	var out []intent.Headers
	for _, h := range OneEach(steps, on) {
		if last := len(out) - 1; last >= 0 && out[last].Name == h.Name && out[last].Op == intent.SetHeader && intent.Listed(h.Name) {
			out[last] = after(out[last], h)
			continue
		}
		out = append(out, h)
	}
	return out
}

// headers is what one filter of the dialect says of headers.
func (d Dialect) headers(steps []intent.Step, on intent.Message) []intent.Headers {
	order := d.headerOrder()
	if slices.Index(order[:], intent.SetHeader) < slices.Index(order[:], intent.AddHeader) {
		return OneEach(steps, on)
	}
	return OneChange(steps, on)
}

// steps says why a sequence of steps cannot be said by filters of the dialect.
func (d Dialect) steps(steps []intent.Step) string {
	order := d.headerOrder()
	late := slices.Index(order[:], intent.SetHeader) > slices.Index(order[:], intent.AddHeader)
	for _, on := range []intent.Message{intent.OnRequest, intent.OnResponse} {
		ops := map[string][]intent.HeaderOp{}
		for _, h := range d.headers(steps, on) {
			if slices.Contains(ops[h.Name], h.Op) {
				return "a filter adds one value to the header " + h.Name
			}
			if ops[h.Name] = append(ops[h.Name], h.Op); len(ops[h.Name]) > 1 && late {
				return "a filter adds to the header " + h.Name + " before it sets it"
			}
		}
	}
	return ""
}

// RouteSteps says why a sequence of steps cannot be said by filters of a
// dialect, or "".
func RouteSteps(d Dialect) func([]intent.Step) string { return d.steps }
