package intent

import "strings"

// clusterSet ends the names of Services of all clusters.
const clusterSet = ".svc.clusterset.local"

// ClusterSetHost is the host of the Service that all clusters which offer one of a name
// have together: what a ServiceImport stands for.
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-multicluster/1645-multi-cluster-services-api#dns
func ClusterSetHost(n Name) Host { return Host{DNS: n.Name + "." + n.Namespace + clusterSet} }

// ClusterSet is the name of the Services whose clusters have a host together; ok is false
// for other hosts.
func (h Host) ClusterSet() (n Name, ok bool) {
	rest, ok := strings.CutSuffix(h.DNS, clusterSet)
	if !ok {
		return Name{}, false
	}
	n.Name, n.Namespace, ok = cutLast(rest)
	return n, ok
}
