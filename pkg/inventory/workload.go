package inventory

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

func readPod(inv *intent.Inventory, o *source.Object) {
	readWorkload(inv, o, o.Root.Get("metadata"), o.Root.Get("spec"))
}

func readTemplate(inv *intent.Inventory, o *source.Object) {
	t := o.Root.Get("spec").Get("template")
	readWorkload(inv, o, t.Get("metadata"), t.Get("spec"))
}

func readCronJob(inv *intent.Inventory, o *source.Object) {
	t := o.Root.Get("spec").Get("jobTemplate").Get("spec").Get("template")
	readWorkload(inv, o, t.Get("metadata"), t.Get("spec"))
}

func readWorkload(inv *intent.Inventory, o *source.Object, meta, spec *source.Node) {
	w := &intent.Workload{
		Name: name(o), Kind: o.Kind, Labels: pairs(meta.Get("labels")), Annotations: pairs(meta.Get("annotations")),
		Account: cmp.Or(spec.Get("serviceAccountName").Text(), spec.Get("serviceAccount").Text(), "default"), From: intent.From(o.Ref()),
	}
	if on := spec.Get("hostNetwork"); on.Text() == "true" {
		w.OnHost = intent.From(on.Ref())
	}
	for _, c := range containers(spec) {
		for _, p := range c.Get("ports").Items() {
			w.Ports = append(w.Ports, intent.WorkloadPort{Name: p.Get("name").Text(), Port: p.Get("containerPort").Int()})
		}
		for _, kind := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
			if get := c.Get(kind).Get("httpGet"); get != nil {
				w.Probes = append(w.Probes, readProbe(get))
			}
		}
	}
	inv.Workloads = append(inv.Workloads, w)
}

// containers are those that run beside each other; init containers that restart
// always are among them.
// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
func containers(spec *source.Node) []*source.Node {
	out := spec.Get("containers").Items()
	for _, c := range spec.Get("initContainers").Items() {
		if c.Get("restartPolicy").Text() == "Always" {
			out = append(out, c)
		}
	}
	return out
}

// readProbe resolves the path as the kubelet does: "/" where none is said.
func readProbe(n *source.Node) intent.Probe {
	p := intent.Probe{Path: cmp.Or(n.Get("path").Text(), "/")}
	if port := n.Get("port"); port.IsNumber() {
		p.Port = port.Int()
	} else {
		p.PortName = port.Text()
	}
	return p
}
