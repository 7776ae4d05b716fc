package linkerd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// told is what some annotations, or labels, are about that no fact is made of.
type told struct {
	keys []string
	// values are those that say something; empty is any but "".
	values []string
	why    string
	// fix is what to do in the target; "" is to look for the like.
	fix string
}

const config = "config.linkerd.io/"

// ofPods are the annotations of pods, and of namespaces from which these get them.
// linkerd2 pkg/k8s/labels.go, pkg/inject/inject.go ProxyAnnotations
var ofPods = []told{
	{keys: []string{injection}, values: []string{"disabled"}, why: "such pods are not in the mesh, and no policy of it holds there; what is said of them is translated as if they were"},
	{keys: []string{injection}, values: []string{"ingress"}, why: "such proxies route by headers of the request, and not by its address, which is not translated"},
	{keys: []string{config + "skip-outbound-ports", config + "skip-subnets"}, why: "what callers send there passes by their proxies, without routes, retries and mutual TLS; it is translated as if it did not"},
	{keys: []string{config + "proxy-outbound-connect-timeout", config + "proxy-inbound-connect-timeout"}, why: "the time to connect is of a pod, for all that it calls or serves, and not translated"},
	{keys: []string{config + "proxy-metrics-hostname-labels", config + "proxy-log-http-headers"}, why: "what proxies record is not translated"},
	{keys: []string{config + "enable-gateway", config + "enable-external-profiles"}, why: "what proxies do for other clusters, and for hosts outside, is not translated"},
	{keys: operations, why: "how proxies run is set in the target in its own way"},
}

// ofPorts is what opaque ports are, of Services, pods and namespaces.
var ofPorts = told{keys: []string{annotationOpaque}, why: "Linkerd does not look into these ports; others go by what a Service's ports are declared to speak"}

// injection says whether pods get a proxy.
const injection = "linkerd.io/inject"

// past are the annotations, also of namespaces, by which connections reach pods that no
// policy is asked for.
var past = []mesh.Passing{
	{Key: injection, Says: func(value string) bool { return value == "disabled" }, Why: "such pods have no proxy, and no policy holds there"},
	{Key: annotationSkipped, Says: func(value string) bool { ranges, ok := portRanges(value); return ok && len(ranges) > 0 }, Why: "connections to these ports pass by the proxy, where no policy holds"},
}

// operations are about how a proxy runs, and not about traffic.
var operations = []string{
	config + "admin-port", config + "control-port", config + "inbound-port", config + "outbound-port", config + "pod-inbound-ports",
	config + "enable-debug-sidecar", config + "debug-image", config + "debug-image-version", config + "debug-image-pull-policy",
	config + "proxy-image", config + "image-pull-policy", config + "proxy-version", config + "init-image", config + "init-image-version",
	config + "proxy-cpu-limit", config + "proxy-cpu-request", config + "proxy-cpu-ratio-limit", config + "proxy-memory-limit", config + "proxy-memory-request",
	config + "proxy-ephemeral-storage-limit", config + "proxy-ephemeral-storage-request", config + "proxy-uid", config + "proxy-gid",
	config + "proxy-admin-shutdown", config + "proxy-log-format", config + "proxy-log-level", config + "proxy-await", config + "shutdown-grace-period",
	config + "close-wait-timeout", config + "proxy-additional-env", config + "proxy-enable-native-sidecar", config + "admission-webhooks",
	config + "proxy-outbound-discovery-cache-unused-timeout", config + "proxy-inbound-discovery-cache-unused-timeout",
	config + "proxy-disable-outbound-protocol-detect-timeout", config + "proxy-disable-inbound-protocol-detect-timeout",
	"config.alpha.linkerd.io/proxy-wait-before-exit-seconds", "config.alpha.linkerd.io/proxy-enable-native-sidecar", "config.beta.linkerd.io/proxy-enable-native-sidecar",
}

// ofServices are the labels and annotations of Services.
// https://linkerd.io/2-edge/tasks/multicluster/
var ofServices = []told{
	{keys: []string{"mirror.linkerd.io/mirrored-service", "mirror.linkerd.io/cluster-name", "multicluster.linkerd.io/remote-discovery", "multicluster.linkerd.io/local-discovery"},
		fix: "have routes name what the target makes of the Service of the other cluster", why: "the Service leads to other clusters, which is not translated"},
}

// tell says what annotations and labels of the cluster's objects are about that nothing
// is made of, and which of them Linkerd does not read.
func (r *reader) tell() {
	var ofPod, ofService []intent.Pair
	for _, n := range r.in.Inventory.Namespaces {
		ofPod = append(ofPod, n.Annotations...)
	}
	for _, w := range r.in.Inventory.Workloads {
		ofPod = append(ofPod, w.Annotations...)
	}
	for _, s := range r.in.Inventory.Services {
		ofService = append(ofService, s.Annotations...)
		ofService = append(ofService, s.Labels...)
	}
	known := []string{annotationInbound, annotationIdentity, annotationSkipped, annotationOpaque, annotationLog}
	for _, t := range ofPods {
		r.tellOf(t, ofPod)
		known = append(known, t.keys...)
	}
	for _, t := range ofServices {
		r.tellOf(t, ofService)
	}
	r.tellOf(ofPorts, slices.Concat(ofPod, ofService))
	r.unread(ofPod, known...)
	r.unread(ofService, slices.Concat(serviceKeys, biaserKeys, []string{annotationOpaque})...)
}

// tellOf says one thing once, for all places.
func (r *reader) tellOf(t told, pairs []intent.Pair) {
	var from intent.Origin
	var keys []string
	for _, p := range pairs {
		if !slices.Contains(t.keys, p.Key) || p.Value == "" || len(t.values) > 0 && !slices.Contains(t.values, p.Value) {
			continue
		}
		if from = append(from, p.From...); !slices.Contains(keys, p.Key) {
			keys = append(keys, p.Key)
		}
	}
	if len(from) > 0 {
		slices.Sort(keys)
		r.diags.Add(diag.NotTranslated, strings.Join(keys, ", ")+": "+t.why, cmp.Or(t.fix, "configure it in the target by hand"), from...)
	}
}

// settings end the prefixes of annotations that are settings; others are set by
// Linkerd, or read by its extensions.
var settings = []string{"config.linkerd.io", "config.alpha.linkerd.io", "config.beta.linkerd.io", "retry.linkerd.io", "timeout.linkerd.io", "balancer.linkerd.io", "balancer.alpha.linkerd.io"}

// unread reports settings that Linkerd does not read where they stand; known are those
// that it does.
func (r *reader) unread(pairs []intent.Pair, known ...string) {
	at := map[string]intent.Origin{}
	var keys []string
	for _, p := range pairs {
		prefix, _, _ := strings.Cut(p.Key, "/")
		if !slices.Contains(settings, prefix) || slices.Contains(known, p.Key) {
			continue
		}
		if at[p.Key] == nil {
			keys = append(keys, p.Key)
		}
		at[p.Key] = append(at[p.Key], p.From...)
	}
	slices.Sort(keys)
	for _, k := range keys {
		r.diags.Add(diag.Inert, "annotation "+k+" has no effect: Linkerd reads none of this name there", "correct or remove it", at[k]...)
	}
}
