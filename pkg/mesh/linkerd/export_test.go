package linkerd

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// A label offers a Service to whoever has the identities that its policies let in, wherever
// they are: it is written where nobody is kept out, or where it is there already.
func TestOfferable(t *testing.T) {
	service := func(name string, selector ...intent.Pair) *intent.Service {
		return &intent.Service{Name: intent.Name{Namespace: "shop", Name: name}, Selector: selector}
	}
	labelled, headless := service("labelled", intent.Pair{Key: "app", Value: "pay"}), service("headless", intent.Pair{Key: "app", Value: "web"})
	labelled.Labels, headless.Headless = []intent.Pair{{Key: mirrorFederated, Value: "member"}}, true
	m := &intent.Model{
		Inventory: intent.Inventory{Services: []*intent.Service{
			service("anywhere"), headless, labelled, service("pay", intent.Pair{Key: "app", Value: "pay"}), service("web", intent.Pair{Key: "app", Value: "web"}),
		}},
		Default: []*intent.Default{{Side: intent.Served, Effect: intent.Deny, Scope: intent.Scope{Subject: match.And{
			match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: "pay"},
		}}}},
	}
	can := offerable(m)
	for name, want := range map[string]string{
		"web": "", "labelled": "", "pay": "would let in those of others", "anywhere": "does not tell whom the Service leads to",
		"unknown": "does not tell whom the Service lets in", "headless": "no member of a federated one",
	} {
		why, fix := can(&intent.Export{Service: intent.Name{Namespace: "shop", Name: name}, As: intent.ExportJoint})
		if want == "" && why != "" || !strings.Contains(why, want) || (why == "") != (fix == "") {
			t.Errorf("%s: %q, to do: %q", name, why, fix)
		}
	}
	if why, _ := can(&intent.Export{Service: intent.Name{Namespace: "shop", Name: "pay"}, Gateway: true}); why != "" {
		t.Errorf("by a gateway, which policies know: %s", why)
	}
}
