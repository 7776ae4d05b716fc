package intent

import (
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// Opaque is something that one mesh knows and the model does not say. The same
// mesh's writer puts it back; for every other target it is reported, and in a
// security phase what it guards is withheld.
type Opaque struct {
	Home *Home
	// Mesh is the name of the mesh that understands it.
	Mesh string
	// Kind is the object's kind.
	Kind string
	// At is where it stands: the whole object, or a field of it.
	At place.Ref
	// Whole is the object as read, for the same mesh's writer and for comparing
	// what it says; its type is *source.Object, which this package does not import.
	Whole any
	// Security says that it may keep requests out (an EnvoyFilter, a plugin in
	// an authorization phase); Scope is whom it may concern, nil for all.
	Security bool
	Scope    Scope
	// Leaving says that it may keep connections of the clients of Scope.Client in the
	// cluster, and requests out of nothing.
	Leaving bool
	// Opens says that it lets requests in that no fact is asked about, such as paths
	// that are served beside the mesh; it keeps none out.
	Opens bool
	// Refuses says that it refuses requests by their form, such as paths with escaped
	// slashes, which are let in without it.
	Refuses bool
	// Failing says that a share of requests is written as failing for it, which need not
	// fail in its own mesh.
	Failing bool
	// Held says that facts hold all of it: it is there for its own mesh's writer, and
	// nothing is lost without it.
	Held bool
	// Network says that it is about what TCP does not carry, such as UDP, which only
	// meshes of Baseline.Network keep from anyone: what Why says between whom. If it
	// Opens, that is let in; if Held, no more than TCP is where a fact says all;
	// otherwise it is kept out. Between holds for whom it is let pass to or from.
	Network bool
	Between match.Expr
	// Edition is the edition of its mesh that takes it; "" is the first, and those above.
	Edition string
	// Alone says that no other edition takes it to mean the same, those above neither.
	Alone bool
	// Admits says that what it says is who is let in; of one that is held, in its edition
	// and in no other, and of others that no fact lets them in.
	Admits bool
	// Note is what the reader leaves for its own mesh's writer where the model has no
	// word for it and no object is kept for it (Whole is nil, and Held true).
	Note any
	// Running says that it is about what is reported, or about how what runs the mesh and
	// what stands around it is set up: no request is treated otherwise for it.
	Running bool
	// Hosts are the hosts whose routing it may change; Entries the gateways.
	Hosts   []Host
	Entries []Name
	// Purpose is what it is for, as far as other meshes have the like; "" is nothing
	// that they have.
	Purpose Purpose
	// Why says in a clause what it is, and Instead what to do where another mesh takes
	// over; "" is to look for the like there.
	Why, Instead string
	From         Origin
}

// Purpose is what operators have a thing for that each mesh does in its own way, without
// a common word for how.
type Purpose string

// The purposes.
const (
	Clusters Purpose = "clusters" // joins clusters, or makes services known to others
	Machines Purpose = "machines" // makes workloads outside Kubernetes known
	Code     Purpose = "code"     // runs code in proxies, or changes their configuration
	Reports  Purpose = "reports"  // says what proxies report
	Proxies  Purpose = "proxies"  // says how proxies are run
	WayOut   Purpose = "way out"  // has what leaves the cluster go through a gateway

	Sessions  Purpose = "sessions"  // keeps a session of a client at one endpoint
	Asking    Purpose = "asking"    // has a service decide which requests are let in
	Datagrams Purpose = "datagrams" // sends on what comes by UDP
	FarHosts  Purpose = "far hosts" // makes hosts outside the cluster known
	Rates     Purpose = "rates"     // bounds how many requests are let in
	Dialling  Purpose = "dialling"  // has callers secure their connections to servers
)
