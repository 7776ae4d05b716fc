package consul

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// Annotations of pods that decide which traffic their proxies see.
// consul-k8s control-plane/connect-inject/constants/annotations_and_labels.go
const (
	annotationInject      = group + "/connect-inject"
	annotationTransparent = group + "/transparent-proxy"
	annotationPast        = group + "/transparent-proxy-exclude-inbound-ports"
)

// past are the annotations by which connections reach a pod that no intention is asked
// for.
var past = []mesh.Passing{
	{Key: annotationInject, Says: no, Why: "such pods have no proxy, and no intention is enforced there"},
	{Key: annotationPast, Says: something, Why: "connections to these ports pass by the proxy, where no intention is asked"},
	{Key: annotationTransparent, Says: no, Why: "connections to ports at which such pods listen for all pass by the proxy, where no intention is asked"},
}

// alone is how a pod is of one Service: of each that selects it one service is registered, and
// with more than one and its proxy the pod's init container does not end.
// consul-k8s control-plane/connect-inject/controllers/endpoints/endpoints_controller.go Reconcile,
// control-plane/subcommand/connect-init/command.go getConnectServiceRegistrations
var alone = mesh.Alone{
	Ignores: intent.Pair{Key: group + "/service-ignore", Value: "true"}, Chooses: group + "/kubernetes-service", Renames: annotationService,
	Why: "a pod that is registered as several services does not start",
}

// no reports whether a value is one of those that mean false.
func no(value string) bool {
	b, err := strconv.ParseBool(value)
	return err == nil && !b
}

func something(value string) bool { return value != "" }

// several reports whether a value is a list of more than one.
func several(value string) bool { return strings.Contains(value, ",") }

// told is what annotations, or labels, are about that no fact is made of.
type told struct {
	keys []string
	says func(value string) bool
	why  string
	// fix is what to do in the target; "" is to look for the like.
	fix string
}

// ofPods are the annotations of pods.
var ofPods = []told{
	{keys: []string{annotationService}, says: several, why: "a pod of several services has a proxy for each; clients are told by the names of Services", fix: "give the pods one Service that clients are told by"},
	{keys: prefixed("transparent-proxy-exclude-outbound-ports", "transparent-proxy-exclude-outbound-cidrs", "transparent-proxy-exclude-uids"), says: something,
		why: "what callers send there passes by their proxies, without routes, retries and mutual TLS; it is translated as if it did not", fix: "exclude it from the target's proxies in its own way, by annotations of the pods"},
	{keys: prefixed("connect-service-upstreams"), says: something, why: "the pod calls services at ports of its own, which no other mesh gives it", fix: "have it call them by the names of their Services, at the ports of these"},
	{keys: prefixed("kubernetes-service"), says: something, why: "of several Services of a pod Consul knows this one only; all are translated", fix: "remove the others, or see that what is said of them is meant"},
	{keys: prefixed("consul-namespace"), says: something, why: "the namespace of Consul that the service is in is taken to be that of the pod", fix: "mirror namespaces, or correct in the output where they differ"},
	{keys: prefixed("proxy-config-map", "envoy-extra-args"), says: something, why: "a single proxy is configured by itself", fix: "look for the like among annotations of pods in the target"},
	{keys: prefixed("transparent-proxy-overwrite-probes", "use-proxy-health-check"), says: something, why: "how the kubelet's probes reach a pod is set in the target in its own way", fix: "nothing, unless probes fail in the target"},
	{keys: operations, says: something, why: "how proxies run is set in the target in its own way", fix: "look for the like among annotations of pods in the target"},
}

// ofServices are the labels of Services.
var ofServices = []told{
	{keys: prefixed("service-ignore"), says: func(value string) bool { return value == "true" }, why: "Consul does not know the Service, which is translated as if it did", fix: "leave the Service out of the input, or see that what is said of it is meant"},
}

// operations are about how a proxy runs, and not about traffic.
var operations = prefixed("connect-inject-mount-volume", "consul-sidecar-user-volume", "consul-sidecar-user-volume-mount", "consul-envoy-proxy-concurrency",
	"sidecar-proxy-startup-failure-seconds", "sidecar-proxy-liveness-failure-seconds", "sidecar-proxy-cpu-limit", "sidecar-proxy-cpu-request",
	"sidecar-proxy-memory-limit", "sidecar-proxy-memory-request", "enable-sidecar-proxy-lifecycle", "enable-sidecar-proxy-lifecycle-shutdown-drain-listeners",
	"sidecar-proxy-lifecycle-shutdown-grace-period-seconds", "sidecar-proxy-lifecycle-startup-grace-period-seconds", "sidecar-proxy-lifecycle-graceful-port",
	"sidecar-proxy-lifecycle-graceful-shutdown-path", "sidecar-proxy-lifecycle-graceful-startup-path", "enable-metrics", "enable-metrics-merging",
	"merged-metrics-port", "prometheus-scrape-port", "prometheus-scrape-path", "service-metrics-port", "service-metrics-path", "prometheus-ca-file",
	"prometheus-ca-path", "prometheus-cert-file", "prometheus-key-file", "consul-dns", "enable-consul-dataplane-as-sidecar")

// silent are the annotations that facts are made of, and those that consul-k8s sets.
var silent = prefixed("connect-inject", "transparent-proxy", "transparent-proxy-exclude-inbound-ports", "connect-service", "connect-service-port", "service-tags",
	"connect-inject-status", "transparent-proxy-status", "connect-inject-managed-by", "gateway-kind", "gateway-consul-service-name", "mesh-gateway-container-port",
	"gateway-wan-address-source", "gateway-wan-address-static", "gateway-wan-port", "gateway-namespace", "redirect-traffic-config", "original-pod", "connect-k8s-version",
	"consul-k8s-version", "telemetry-collector")

func prefixed(names ...string) []string {
	for i := range names {
		names[i] = group + "/" + names[i]
	}
	return names
}

// tell says what annotations of pods, and labels of Services, are about that nothing is
// made of, and which of them consul-k8s does not read.
func (r *reader) tell() {
	var ofPod, ofService []intent.Pair
	for _, w := range r.in.Inventory.Workloads {
		ofPod = append(ofPod, w.Annotations...)
	}
	for _, s := range r.in.Inventory.Services {
		ofService = append(ofService, s.Labels...)
	}
	known := slices.Clone(silent)
	for _, p := range past {
		r.tellOf(told{keys: []string{p.Key}, says: p.Says, why: p.Why + "; what is said of them is translated as if it were"}, ofPod)
	}
	for _, t := range ofPods {
		r.tellOf(t, ofPod)
		known = append(known, t.keys...)
	}
	for _, t := range ofServices {
		r.tellOf(t, ofService)
	}
	r.unread(ofPod, known)
	for _, w := range r.in.Inventory.Workloads {
		r.withoutServices(w)
	}
}

// withoutServices reports services that the annotation of a pod names and that no Service
// of the input is: by which labels its pods are known only that says.
func (r *reader) withoutServices(w *intent.Workload) {
	i := slices.IndexFunc(w.Annotations, func(p intent.Pair) bool { return p.Key == annotationService })
	if i < 0 {
		return
	}
	for _, name := range strings.Split(w.Annotations[i].Value, ",") {
		s := service{name: strings.TrimSpace(name)}
		if r.names.enterprise {
			s.ns = w.Name.Namespace
		}
		if s.name != "" && len(r.names.find(s)) == 0 {
			r.diags.Tell(diag.UnknownService, "no Service of the input is the service "+s.String()+" that "+w.Kind+" "+w.Name.String()+" names",
				"which pods are its is not known, and what is denied there may be denied at others", "add the Service to the input", w.Annotations[i].From...)
		}
	}
}

// tellOf says one thing once, for all places.
func (r *reader) tellOf(t told, pairs []intent.Pair) {
	var from intent.Origin
	var keys []string
	for _, p := range pairs {
		if !slices.Contains(t.keys, p.Key) || !t.says(p.Value) {
			continue
		}
		if from = append(from, p.From...); !slices.Contains(keys, p.Key) {
			keys = append(keys, p.Key)
		}
	}
	if len(from) > 0 {
		slices.Sort(keys)
		r.diags.Add(diag.NotTranslated, strings.Join(keys, ", ")+": "+t.why, cmp.Or(t.fix, "configure its purpose in the target by hand"), from...)
	}
}

// unread reports annotations of Consul's that consul-k8s does not read.
func (r *reader) unread(pairs []intent.Pair, known []string) {
	for _, p := range pairs {
		if strings.HasPrefix(p.Key, group+"/") && !strings.HasPrefix(p.Key, annotationMeta) && !slices.Contains(known, p.Key) {
			r.diags.Add(diag.Inert, "annotation "+p.Key+" has no effect: consul-k8s reads none of this name", "correct or remove it", p.From...)
		}
	}
}

// redirected is what the pods of a service say of whether their traffic is redirected
// through their proxies: nil is nothing, or not all the same.
func (n *names) redirected(s service) *bool {
	var pods []*intent.Workload
	for _, x := range n.find(s) {
		pods = append(pods, n.workloads(x)...)
	}
	var said *bool
	for i, w := range pods {
		text, _ := intent.Lookup(w.Annotations, annotationTransparent)
		b, err := strconv.ParseBool(text)
		if err != nil || i > 0 && (said == nil || *said != b) {
			return nil
		}
		said = &b
	}
	return said
}
