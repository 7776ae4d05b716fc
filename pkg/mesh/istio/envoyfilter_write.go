package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// rates prints limits of rates, one EnvoyFilter for the workloads of each selector.
func (w *writer) rates() {
	var keys []string
	by := map[string][]*intent.RateLimit{}
	for _, l := range w.m.Rates {
		if w.isVerbatim("EnvoyFilter", l.Home) {
			continue
		}
		subject, _, _ := portOf(l.Scope.Subject)
		key := match.Key(subject)
		if by[key] == nil {
			keys = append(keys, key)
		}
		by[key] = append(by[key], l)
	}
	for _, key := range keys {
		w.envoyFilter(by[key])
	}
}

// envoyFilter prints the limits of some workloads. Those before all other filters
// are put there in reverse, so that the first comes first.
func (w *writer) envoyFilter(limits []*intent.RateLimit) {
	subject, _, ok := portOf(limits[0].Scope.Subject)
	namespace, labels, _ := selected(subject)
	if !ok {
		panic("istio: a scope that no EnvoyFilter selects: " + match.String(limits[0].Scope.Subject))
	}
	if namespace == "" {
		namespace = w.m.Env.Istio.RootNamespace
	}
	home := intent.Home{Name: policyName(labels) + "-rate"}
	if h := limits[0].Home; h != nil {
		home = *h
	}
	o := manifest.New(groupNetworking+"/v1alpha3", "EnvoyFilter", namespace, w.name("EnvoyFilter", namespace, home.Name, "rate"))
	gatewayapi.WriteHome(o, &home, nil)
	spec := manifest.Map()
	if len(labels) > 0 {
		selector := manifest.Map()
		for _, a := range labels {
			selector.Set(a.Key, manifest.Str(a.Value).Because(intent.From(a.Place())...))
		}
		spec.Set("workloadSelector", manifest.Map().Set("labels", selector))
	}
	patches := manifest.List()
	for _, l := range slices.Backward(limits) {
		if l.Denied {
			patches.Append(ratePatch(l))
		}
	}
	for _, l := range limits {
		o.From = append(o.From, l.From...)
		if !l.Denied {
			patches.Append(ratePatch(l))
		}
	}
	o.Root.Because(o.From...)
	o.Root.Set("spec", spec.Set("configPatches", patches))
	w.add(o)
}

// ratePatch prints one limit, and where it is put in.
func ratePatch(l *intent.RateLimit) *manifest.Node {
	filter := manifest.Map().Set("name", manifest.Str(filterManager))
	if !l.Denied {
		filter.Set("subFilter", manifest.Map().Set("name", manifest.Str(filterRouter)))
	}
	chain := manifest.Map()
	if _, port, _ := portOf(l.Scope.Subject); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			panic("istio: no port: " + port)
		}
		chain.Set("destinationPort", manifest.Int(n))
	}
	at := manifest.Map().Set("context", manifest.Str("SIDECAR_INBOUND")).Set("listener", manifest.Map().Set("filterChain", chain.Set("filter", filter)))
	config := manifest.Map().Set("@type", manifest.Str(typeStruct)).Set("type_url", manifest.Str(typeRate)).Set("value", rateConfig(l))
	patch := manifest.Map().Set("operation", manifest.Str("INSERT_BEFORE")).
		Set("value", manifest.Map().Set("name", manifest.Str(filterRate)).Set("typed_config", config))
	return manifest.Map().Because(l.From...).Set("applyTo", manifest.Str("HTTP_FILTER")).Set("match", at).Set("patch", patch)
}

// rateConfig prints a limit in Envoy's words.
func rateConfig(l *intent.RateLimit) *manifest.Node {
	bucket := manifest.Map().Set("max_tokens", manifest.Int(l.Burst)).Set("tokens_per_fill", manifest.Int(l.Requests)).Set("fill_interval", manifest.Str(seconds(l.Interval)))
	n := manifest.Map().Set("stat_prefix", manifest.Str(statRate)).Set("token_bucket", bucket).
		Set("filter_enabled", allRequests(keyRateEnabled)).Set("filter_enforced", allRequests(keyRateEnforced))
	if !l.Unavailable {
		n.Set("rate_limited_as_resource_exhausted", manifest.Bool(true))
	}
	headers := manifest.List()
	for _, h := range l.Headers {
		headers.Append(manifest.Map().Because(h.From...).Set("append", manifest.Bool(false)).
			Set("header", manifest.Map().Set("key", manifest.Str(h.Key)).Set("value", manifest.Str(h.Value))))
	}
	if len(headers.Kids) > 0 {
		n.Set("response_headers_to_add", headers)
	}
	return n
}

func allRequests(key string) *manifest.Node {
	all := manifest.Map().Set("numerator", manifest.Int(100)).Set("denominator", manifest.Str("HUNDRED"))
	return manifest.Map().Set("runtime_key", manifest.Str(key)).Set("default_value", all)
}
