package cilium

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// perFilter prints what filters do for one route, and notes which filters there
// must be; nil is nothing.
func (c *config) perFilter(steps []intent.Step) *manifest.Node {
	fault, cors := typed(typeFault), (*manifest.Node)(nil)
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Delay:
			fault.Set("delay", manifest.Map().Because(s.From...).Set("fixedDelay", durationNode(s.Fixed)).Set("percentage", share(s.Percent)))
		case intent.Abort:
			fault.Set("abort", abortNode(s))
		case intent.CORS:
			cors = corsNode(s)
		}
	}
	n := manifest.Map()
	if cors != nil {
		c.cors = true
		n.Set(nameCORS, cors)
	}
	if len(fault.Kids) > 1 {
		c.fault = true
		n.Set(nameFault, fault)
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}

func abortNode(a intent.Abort) *manifest.Node {
	n := manifest.Map().Because(a.From...)
	if a.GRPC != "" {
		n.Set("grpcStatus", manifest.Int(slices.Index(grpcStatuses, a.GRPC)))
	} else {
		n.Set("httpStatus", manifest.Int(a.Status))
	}
	return n.Set("percentage", share(a.Percent))
}

func corsNode(s intent.CORS) *manifest.Node {
	n, origins := typed(typeOrigins).Because(s.From...), manifest.List()
	for _, a := range s.Origins {
		origins.Append(stringMatch(a))
	}
	if len(origins.Kids) > 0 {
		n.Set("allowOriginStringMatch", origins)
	}
	for _, list := range []struct {
		key    string
		values []string
	}{{"allowMethods", s.Methods}, {"allowHeaders", s.Headers}, {"exposeHeaders", s.Expose}} {
		if len(list.values) > 0 {
			n.Set(list.key, manifest.Str(strings.Join(list.values, ",")))
		}
	}
	if s.MaxAge != nil {
		n.Set("maxAge", manifest.Str(strconv.Itoa(int(s.MaxAge.Seconds()))))
	}
	n.Set("allowCredentials", manifest.OrNil(s.Credentials, manifest.Bool))
	return n.Set("forwardNotMatchingPreflights", manifest.OrNil(s.ForwardPreflight, manifest.Bool))
}

// filters are those of the listener, the router last.
func (c *config) filters() *manifest.Node {
	out := manifest.List()
	if c.cors {
		out.Append(extension(nameCORS, typed(typeCORS)))
	}
	if c.fault {
		out.Append(extension(nameFault, typed(typeFault)))
	}
	return out.Append(extension(nameRouter, typed(typeRouter)))
}
