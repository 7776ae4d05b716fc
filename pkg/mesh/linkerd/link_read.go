package linkerd

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

const (
	groupClusters = "multicluster.linkerd.io"
	// federatedSuffix is behind the name of a Service in that of the one for all clusters.
	// linkerd2 multicluster/service-mirror/cluster_watcher.go federatedServiceName
	federatedSuffix = "-federated"
	// mirroredLabel is of Services that were made of those of other clusters.
	// linkerd2 pkg/k8s/labels.go MirroredResourceLabel
	mirroredLabel = "mirror.linkerd.io/mirrored-service"
)

// imports reads which Services Linkerd makes of those of other clusters: what Links to
// these say, what the input shows of them, and federated ones, of which the Services of
// this cluster are members by their labels.
func (r *reader) imports() {
	var all []intent.Import
	for _, o := range r.in.Objects {
		if o.Kind == "Link" && o.Group() == groupClusters {
			all = append(all, r.link(o)...)
		}
	}
	for _, s := range r.in.Inventory.Services {
		for _, l := range s.Labels {
			switch {
			case l.Key == mirroredLabel && l.Value == "true":
				all = append(all, intent.Import{Service: s.Name, Clusters: "other clusters", From: l.From})
			case l.Key == mirrorFederated && l.Value == "member" && !s.Headless:
				made := intent.Name{Namespace: s.Name.Namespace, Name: s.Name.Name + federatedSuffix}
				all = append(all, intent.Import{Service: made, Clusters: "all clusters", From: l.From})
			}
		}
	}
	if len(all) > 0 {
		inv := *r.in.Inventory
		inv.Imports = all
		r.in.Inventory, r.m.Inventory = &inv, inv
	}
}

// link reads a Link: Services of another cluster that its selectors choose get Services of
// the same namespace in this one. It is kept for Linkerd alone: others join clusters by
// credentials and addresses of their own.
// linkerd2 multicluster/service-mirror/cluster_watcher.go
func (r *reader) link(o *source.Object) []intent.Import {
	spec := o.Need("spec")
	name := spec.Get("targetClusterName").Str()
	hasGateway := linkSettings(spec, o.Version())
	var says []string
	var out []intent.Import
	for _, s := range selectors {
		if s.key == federatedSelector && o.Version() == "v1alpha1" || !r.chooses(spec.Get(s.key)) || s.byGateway && !hasGateway || name == "" {
			continue
		}
		x := intent.Import{Suffix: "-" + name, Clusters: "cluster " + name, From: intent.From(spec.Get(s.key).Ref())}
		if s.key == federatedSelector {
			x.Suffix, x.Clusters = federatedSuffix, "all clusters"
		}
		says = append(says, "as NAME"+x.Suffix+s.how+" those that "+s.key+" chooses")
		out = append(out, x)
	}
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Home: r.home(o), Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Why: r.mirrors(o, name, says), Purpose: intent.Clusters, From: intent.From(o.Ref()),
	})
	return out
}

// mirrors says what a Link makes known here, and tells where that is nothing: names of
// Services end with that of the cluster.
func (r *reader) mirrors(o *source.Object, cluster string, says []string) string {
	why, fix := "Services of cluster "+cluster+" are known here: "+strings.Join(says, "; "), ""
	switch {
	case cluster == "":
		why, fix = "it names no targetClusterName, after which Services are called here", "name the cluster"
	case len(says) == 0:
		why, fix = "it makes no Service of cluster "+cluster+" known here, since no selector chooses any that can be reached", "give it a selector with labels that Services of the other cluster have, or a gatewayAddress, or remove it"
	}
	if fix != "" {
		r.diags.Add(diag.Inert, why, fix, o.Ref())
	}
	return why
}

const federatedSelector = "federatedServiceSelector"

// selectors are those of a Link, with how what they choose is reached. A gateway without
// an address leads nowhere, as in networks where pods reach those of other clusters.
var selectors = []struct {
	key, how  string
	byGateway bool
}{
	{"selector", ", by its gateway,", true},
	{"remoteDiscoverySelector", ", pod by pod,", false},
	{federatedSelector, ", together with those of all other clusters,", false},
}

// linkSettings reads how the other cluster is reached, and reports whether it has a gateway.
func linkSettings(spec *source.Node, version string) (hasGateway bool) {
	for _, key := range []string{"targetClusterDomain", "targetClusterLinkerdNamespace", "clusterCredentialsSecret", "gatewayIdentity"} {
		spec.Get(key).Str()
	}
	portNumber(spec.Get("gatewayPort"))
	probeSpec(spec.Get("probeSpec"))
	for _, key := range []string{"excludedAnnotations", "excludedLabels"} {
		if version == "v1alpha3" {
			for _, item := range spec.Get(key).Items() {
				item.Str()
			}
		}
	}
	return spec.Get("gatewayAddress").Str() != ""
}

// chooses reads a selector of a Link, of which one without conditions chooses nothing.
// linkerd2 multicluster/service-mirror/cluster_watcher.go isExported
func (r *reader) chooses(n *source.Node) bool {
	if n == nil {
		return false
	}
	if match.IsTrue(gatewayapi.ReadSelector(n)) {
		r.inert(n, "a selector without conditions chooses no Service")
		return false
	}
	return true
}

// probeSpec reads how a gateway is probed.
// linkerd2 multicluster/service-mirror/probe_worker.go
func probeSpec(n *source.Node) {
	n.Get("path").Str()
	portNumber(n.Get("port"))
	for _, key := range []string{"period", "timeout"} {
		if d := n.Get(key); d.Str() != "" {
			d.Duration()
		}
	}
	if at := n.Get("failureThreshold"); at.Str() != "" {
		if _, err := strconv.ParseUint(at.Text(), 10, 32); err != nil {
			at.Reject("is no number of failures")
		}
	}
}

// portNumber checks a port that is written as a string; "" is none.
func portNumber(n *source.Node) {
	if n.Str() == "" {
		return
	}
	if port, err := strconv.ParseUint(n.Text(), 10, 16); err != nil || port == 0 {
		n.Reject("is not a port number")
	}
}
