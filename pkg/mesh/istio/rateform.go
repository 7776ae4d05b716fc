package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// rateForm is how EnvoyFilters limit rates.
var rateForm = legal.RateForm{Whole: wholeRate, Together: ratesTogether}

// apartBySecurity is why a limit of all requests together is not said as such: Envoy has a
// chain of filters for connections of mutual TLS and one for others, and a bucket in
// each. pilot/pkg/networking/core/listener_inbound.go
func apartBySecurity(intent.Part) string {
	return "Envoy keeps a bucket for requests by mutual TLS and one for others: require mutual TLS of the workloads"
}

// refilled wants times that Envoy takes.
func refilled(p intent.Part) string {
	if l, ok := p.(*intent.RateLimit); ok && l.Interval < leastInterval {
		return "a bucket is refilled in 50 ms or more"
	}
	return ""
}

// answered wants headers whose values are taken as they are.
func answered(p intent.Part) string {
	l, ok := p.(*intent.RateLimit)
	if ok && slices.ContainsFunc(l.Headers, func(h intent.Pair) bool { return !literalHeader(h.Value) }) {
		return "a header's value would be read as a format"
	}
	return ""
}

// wholeRate says why a limit cannot be said: for its workloads, or for the port, at
// which Istio must see HTTP.
func wholeRate(m *intent.Model, l *intent.RateLimit) string {
	subject, port, ok := portOf(l.Scope.Subject)
	if !ok {
		return "an EnvoyFilter selects the workloads of one namespace, or of all, by labels that they have"
	}
	if port == "" {
		return ""
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return "port " + port + " is no number"
	}
	namespace, labels, _ := selected(subject)
	declared := declaredProtocols(m, namespace, labels, number)
	if at := slices.IndexFunc(declared, func(p string) bool { return !gatewayapi.SeenByIstio(p) }); at >= 0 {
		return "a Service declares port " + port + " to speak " + declared[at] + ", in which Istio sees no requests"
	}
	if len(declared) == 0 && (l.Home == nil || l.Home.Kind != "EnvoyFilter") {
		return "no Service of the input leads to port " + port + ", and Istio has filters for the ports of Services"
	}
	return ""
}

// declaredProtocols lists what Services that select workloads declare of a port of
// theirs; "" is nothing.
func declaredProtocols(m *intent.Model, namespace string, labels []match.Atom, port int) []string {
	var own []intent.Pair
	for _, a := range labels {
		own = append(own, intent.Pair{Key: a.Key, Value: a.Value})
	}
	var out []string
	for _, s := range m.Inventory.Services {
		if namespace != "" && s.Name.Namespace != namespace || !s.Selects(own) {
			continue
		}
		for _, p := range s.Ports {
			if leadsTo(m, s, p, port) {
				out = append(out, gatewayapi.DeclaredToIstio(p))
			}
		}
	}
	return out
}

// leadsTo reports whether a port of a Service leads to one of its workloads.
func leadsTo(m *intent.Model, s *intent.Service, p intent.ServicePort, port int) bool {
	switch {
	case p.TargetName != "":
		return namesPort(m, s, p.TargetName, port)
	case p.Target == 0:
		return p.Port == port
	}
	return p.Target == port
}

// namesPort reports whether a workload of a Service gives a number to a name.
func namesPort(m *intent.Model, s *intent.Service, name string, port int) bool {
	return slices.ContainsFunc(m.Inventory.WorkloadsIn(s.Name.Namespace), func(w *intent.Workload) bool {
		return s.Selects(w.Labels) && slices.ContainsFunc(w.Ports, func(p intent.WorkloadPort) bool { return p.Name == name && p.Port == port })
	})
}

// ratesTogether wants the limits of workloads in one EnvoyFilter, since those of
// several are asked by the age of these, and those that count what is denied first.
func ratesTogether(said []*intent.RateLimit, l *intent.RateLimit) string {
	subject, _, _ := portOf(l.Scope.Subject)
	for _, x := range said {
		other, _, _ := portOf(x.Scope.Subject)
		switch {
		case !match.Equal(other, subject):
			return "several EnvoyFilters for the same workloads are asked by their age"
		case l.Denied && !x.Denied:
			return "a limit that counts what is denied is asked before others"
		}
	}
	return ""
}
