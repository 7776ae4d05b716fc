// Package smi reads the Service Mesh Interface, whose specification ended in
// 2023: TrafficSplit, TrafficTarget, HTTPRouteGroup, TCPRoute and UDPRoute in all
// versions. It is a source only: no mesh that is alive implements all of it.
//
// # Splits
//
// Requests to the root service go to the backends by weight, those that no match
// takes to the root service itself. A backend gets the requests to those ports of
// the root that it has too; ports that it lacks leave it out. Linkerd's extension,
// which knows neither versions past v1alpha2 nor matches, reads the rest alike.
// https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-split/v1alpha4/traffic-split.md
//
// # Admission
//
// TrafficTargets only let in; all else is denied, at all workloads, as soon as
// access control is used at all: the input has a TrafficTarget. A target lets its sources in at the pods of its service account for the
// HTTP requests that a group of routes names, at the ports that its TCPRoutes
// name; without groups, for any connection at these ports.
// https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-access/v1alpha4/traffic-access.md
//
// The specification anchors the expressions of paths at the beginning and says
// nothing of the end, nor of headers. Its implementations (Open Service Mesh)
// compare the whole value, which lets in less, and so does this package. It
// compares paths without query.
// https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-specs/v1alpha4/traffic-specs.md
package smi

import (
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// Name is the mesh's name.
const Name = "smi"

// The API groups.
const (
	groupSplit  = "split.smi-spec.io"
	groupAccess = "access.smi-spec.io"
	groupSpecs  = "specs.smi-spec.io"
)

// Mesh is SMI.
var Mesh = mesh.Mesh{
	Name: Name, Title: "SMI", Versions: []string{"v1alpha4"}, Kinds: kinds,
	Environment: []string{"clusterDomain", "trustDomain"},
	Releases:    []string{"smi", "linkerd", "osm"},
	Read:        read,
	Target:      func(string) (legal.Target, bool) { return legal.Target{}, false },
}

// kinds are those of the released versions. An IdentityBinding, of the draft
// access.smi-spec.io/v1alpha4, is none: nobody implemented it.
// https://github.com/servicemeshinterface/smi-sdk-go/tree/v0.5.0/pkg/apis
var kinds = []mesh.Kind{
	{Group: groupSplit, Kind: "TrafficSplit", Versions: []string{"v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4"}},
	{Group: groupAccess, Kind: "TrafficTarget", Versions: []string{"v1alpha1", "v1alpha2", "v1alpha3"}, Security: true},
	{Group: groupSpecs, Kind: "HTTPRouteGroup", Versions: []string{"v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4"}, Security: true},
	{Group: groupSpecs, Kind: "TCPRoute", Versions: []string{"v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4"}, Security: true},
	{Group: groupSpecs, Kind: "UDPRoute", Versions: []string{"v1alpha4"}},
}
