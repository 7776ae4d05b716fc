package istio_test

import (
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
)

// A limit of a port is said where Istio looks for requests there: at ports of
// Services that are not declared to speak something else.
func TestRatesOfPorts(t *testing.T) {
	target, _ := istio.Mesh.Target(istio.Mesh.Versions[0])
	for _, c := range []struct {
		port     intent.ServicePort
		subject  string // the port that is limited
		refusals string
	}{
		{intent.ServicePort{Name: "http", Port: 80, Target: 8080}, "8080", ""},
		{intent.ServicePort{Name: "http", Port: 80, Target: 8080}, "", ""},
		{intent.ServicePort{Name: "grpc-web-a", Port: 80, Target: 8080}, "8080", ""},
		{intent.ServicePort{Name: "main", Port: 8080}, "8080", ""},
		{intent.ServicePort{Name: "http", Port: 80, TargetName: "web"}, "8080", ""},
		{intent.ServicePort{Name: "tcp-a", AppProtocol: "HTTP", Port: 80, Target: 8080}, "8080", ""},
		{intent.ServicePort{Name: "main", Port: 3306, Target: 8080}, "8080", "to speak tcp"},
		{intent.ServicePort{Name: "http", Port: 3306, Target: 8080}, "8080", ""},
		{intent.ServicePort{Name: "tcp-a", Port: 80, Target: 8080}, "8080", "to speak tcp"},
		{intent.ServicePort{Name: "http", AppProtocol: "https", Port: 80, Target: 8080}, "8080", "to speak https"},
		{intent.ServicePort{Name: "http", Port: 80, Target: 8080}, "80", "no Service of the input leads to port 80"},
	} {
		cart := intent.Name{Namespace: "shop", Name: "cart"}
		app := []intent.Pair{{Key: "app", Value: "cart"}}
		m := &intent.Model{Inventory: intent.Inventory{
			Services:  []*intent.Service{{Name: cart, Selector: app, Ports: []intent.ServicePort{c.port}}},
			Workloads: []*intent.Workload{{Name: cart, Labels: app, Ports: []intent.WorkloadPort{{Name: "web", Port: 8080}}}},
		}}
		subject := match.And{match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: "cart"}}
		if c.subject != "" {
			subject = append(subject, match.Atom{Field: match.Port, Value: c.subject})
		}
		limit := &intent.RateLimit{Scope: intent.Scope{Subject: subject}, Requests: 1, Interval: time.Second, Burst: 1}
		if got := target.Rate.Whole(m, limit); !strings.Contains(got, c.refusals) || c.refusals == "" && got != "" {
			t.Errorf("%+v at %q: %q, want %q", c.port, c.subject, got, c.refusals)
		}
	}
	negated := match.Not{X: match.Atom{Field: match.Label, Key: "app", Value: "cart"}}
	if why := target.Rate.Whole(&intent.Model{}, &intent.RateLimit{Scope: intent.Scope{Subject: negated}}); why == "" {
		t.Error("a selector leaves workloads out")
	}
}
