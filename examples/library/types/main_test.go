package main

import (
	"strings"
	"testing"
	"time"

	api "istio.io/api/networking/v1"
)

func Example() {
	main()
	// Output: HTTPRoute shop/reviews for reviews, 1 rules
}

func TestRoutesFor(t *testing.T) {
	routes, err := routesFor(reviews())
	if err != nil || len(routes) != 1 {
		t.Fatal(routes, err)
	}
	rule := routes[0].Spec.Rules[0]
	timeout, err := time.ParseDuration(string(*rule.Timeouts.Request))
	if err != nil || timeout != 2*time.Second || len(rule.BackendRefs) != 2 || *rule.BackendRefs[1].Weight != 10 {
		t.Errorf("%+v", rule)
	}
	bad := reviews()
	bad.Spec.Http[0].Match = []*api.HTTPMatchRequest{{WithoutHeaders: map[string]*api.StringMatch{"x-old": {}}}}
	if _, err := routesFor(bad); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("routes that cannot be said: %v", err)
	}
}
