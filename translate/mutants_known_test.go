package translate

import (
	"fmt"
	"strings"
	"testing"
)

// blindSpot is a change of a case that is neither seen nor proven to change
// nothing, with what a person saw of it.
type blindSpot struct {
	// of is the case with the set of manifests, at the object with the beginning of
	// the path.
	of, at string
	seen   string
}

const (
	cutShort   = "another bound on the way is as short or shorter, and cuts it"
	notAsked   = "nobody is asked for tokens where the default allows, so that the provider is not needed"
	deniedByIt = "the default denies what the list denies"
	staysSo    = "what was permissive once stays so when the mesh no longer allows it"
	closedTwo  = "a denial and a policy that lets nobody in stand for the same"
	strictest  = "a policy without a mode is the strict one, as the one with it"
	deniedBoth = "another denial is of the same clients, and more"
	ownClients = "clients without a namespace are those of the policy's own"
	nowhere    = "requests that lead nowhere fail, whatever else is said of them"
	saidTwice  = "the rule that is written for the redirect of the server redirects too"
	setAside   = "the object is set aside, since the API server refuses it, with these values or without"
	ofNobody   = "nothing is said of hosts of these namespaces, so that nobody need be told of them, in whatever order"
	onlyNames  = "the rule names a subset and says nothing of it, and no route of the input sends to it by such a host"
)

// blindSpots are those that TestMutants finds: what else it finds fails, and so
// does one that a whole run no longer finds.
var blindSpots = []blindSpot{
	{"hard-consul-own-timeouts in", "ServiceRouter shop/api spec.routes[0].destination.requestTimeout", cutShort},
	{"hard-consul-own-timeouts out/consul", "ServiceDefaults shop/api spec.localRequestTimeoutMs", cutShort},
	{"hard-consul-own-timeouts out/consul", "ServiceResolver shop/db", cutShort},
	{"hard-consul-own-timeouts out/consul", "ServiceRouter shop/api spec.routes", cutShort},
	{"trap-cilium-25-default-timeouts out/consul", "ServiceResolver shop/cart", cutShort},
	{"hard-consul-enterprise out/istio", "AuthorizationPolicy shop/web-allow", closedTwo},
	{"trap-consul-17-server-of-keys out/istio", "AuthorizationPolicy shop/api-allow", closedTwo},
	{"trap-consul-05-plaintext-unasked in", "Mesh consul/mesh", staysSo},
	{"trap-consul-05-plaintext-unasked out/consul", "Mesh consul/mesh", staysSo},
	{"trap-consul-05-plaintext-by-default in", "Mesh consul/mesh", staysSo},
	{"trap-consul-05-plaintext-by-default out/consul", "Mesh consul/mesh", staysSo},
	{"trap-consul-16-still-permissive in", "Mesh consul/mesh", staysSo},
	{"trap-consul-03-open in", "JWTProvider shop/login spec", notAsked},
	{"consul-missing-service in", "ServiceRouter shop/cart spec.routes[0].destination", nowhere},
	{"consul-missing-service out/istio", "VirtualService shop/cart spec.http[0]", nowhere},
	{"consul-missing-service out/linkerd", "HTTPRoute shop/cart spec.rules[0].backendRefs[0]", nowhere},
	{"consul-missing-service out/cilium", "HTTPRoute shop/cart spec.rules[0].timeouts", nowhere},
	{"linkerd-egress out/istio", "Sidecar shop/own spec.outboundTrafficPolicy", strictest},
	{"cilium-missing-service out/istio", "VirtualService shop/cart spec.http[0].route[1].destination", nowhere},
	{"cilium-missing-service out/linkerd", "HTTPRoute shop/cart spec.rules[0].backendRefs[1]", nowhere},
	{"cilium-missing-service out/gatewayapi", "HTTPRoute shop/cart spec.rules[0].backendRefs[1]", nowhere},
	{"subsets-of-rules-apart in", "DestinationRule shop/wide spec.host", onlyNames},
	{"linkerd-split-missing in", "TrafficSplit shop/cart spec.backends[0].service", nowhere},
	{"linkerd-split-missing out/istio", "VirtualService shop/", nowhere},
	{"linkerd-split-missing out/linkerd", "HTTPRoute shop/", nowhere},
	{"linkerd-split-missing out/linkerd@2.20-serviceprofile", "TrafficSplit shop/", nowhere},
	{"smi-split-missing in", "TrafficSplit shop/cart spec.backends[0].service", nowhere},
	{"smi-split-missing out/istio", "VirtualService shop/", nowhere},
	{"smi-split-missing out/linkerd", "HTTPRoute shop/", nowhere},
	{"smi-split-missing out/linkerd@2.20-serviceprofile", "TrafficSplit shop/", nowhere},
	{"consul-denied-with-all-others in", "CiliumNetworkPolicy shop/cart spec.ingressDeny[1].fromEndpoints[1]", deniedBoth},
	{"consul-denied-with-all-others out/istio", "AuthorizationPolicy shop/cart-deny spec.rules[1]", deniedBoth},
	{"consul-denied-with-all-others out/cilium", "CiliumNetworkPolicy shop/cart spec.ingressDeny[0].fromEndpoints", ownClients},
	{"consul-denied-with-all-others in", "CiliumNetworkPolicy shop/cart spec.ingressDeny[0].fromEndpoints[0].matchLabels", ownClients},
	{"consul-gateway-guarded out/cilium", "CiliumNetworkPolicy shop/p spec.ingress", deniedBoth},
	{"istio-redirects-alone out/istio", "Gateway shop/gw spec.servers[0].tls", saidTwice},
	{"istio-redirects-of-a-namespace out/istio", "Gateway edge/public spec.servers[0].tls", saidTwice},
	{"hard-istio-sidecar in", "Sidecar team/default spec.egress[0].hosts", ofNobody},
	{"hard-istio-sidecar out/istio", "Sidecar team/default spec.egress[0].hosts", ofNobody},
	{"smi-weights in", "TrafficSplit shop/pay", setAside},
	{"trap-consul-04-shadowed in", "ServiceIntentions shop/api spec.sources[0]", deniedByIt},
}

// known finds a change among the blind spots; -1 is none.
func known(t *testing.T, set, object string, at any) int {
	_, name, _ := strings.Cut(t.Name(), "/cases/")
	for i, b := range blindSpots {
		if b.of == name+" "+set && strings.HasPrefix(fmt.Sprint(object, " ", at), b.at) {
			return i
		}
	}
	return -1
}
